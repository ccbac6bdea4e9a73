#!/usr/bin/python
"""Module: brings a set of files to their content, owner and mode in one call."""

from __future__ import annotations

import grp
import os
import pwd
import tempfile
from typing import Any

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = r"""
module: gru_files
short_description: Write a set of small files in one call
description:
  - One call to the host for a whole set of files, where M(ansible.builtin.template) takes two calls a file.
  - The action plugin of the same name renders the templates on the operator's side.
  - Files are handled in alphabetical order of their paths; missing parent folders are made (root, 0755).
  - Contents are nowhere in the results nor in the host's journal, so that tasks need no C(no_log) and failures say
    their cause. Diffs show what everybody may read on the host, and nothing of a file that is C(secret).
  - What follows from a change (a restart, a reload, an account to make) outlives a run that is cut. Before anything is
    touched, the paths are written on the host as owed (O(ledger)); until the function of the host has been applied to
    its end, they count as changed at each run, whatever they hold. The last task of a function forgets them.
options:
  files:
    description: Absolute path to what must be there.
    type: dict
    required: true
    suboptions:
      template:
        description: Name of a template of the role.
        type: str
      file:
        description: Name of a file of the role, sent as it is.
        type: str
      content:
        description: The content itself. One of these three.
        type: str
      owner:
        description: Owner.
        type: str
        default: root
      group:
        description: Group.
        type: str
        default: root
      mode:
        description: Mode, in octal between quotes.
        type: str
        default: "0644"
      state:
        description: V(file), V(absent), V(directory), or V(link) where O(files.content) is the target.
        type: str
        default: file
      secret:
        description: Keep the content out of diffs, as that of files that not everybody may read.
        type: bool
        default: false
  owing:
    description:
      - Paths that the tasks which follow are about to change by other means, and from which the same follows. They
        count as changed.
    type: list
    elements: str
  ledger:
    description: Where what is owed is written, one path a line. Given by the action plugin; without it nothing is owed.
    type: str
author:
  - Platform engineers of the GRU project
"""

EXAMPLES = r"""
- name: Write the configuration
  gru_files:
    files:
      /etc/example.conf:
        template: example.conf.j2
      /etc/example.secret:
        content: "{{ example_password }}"
        group: www-data
        mode: "0640"
        secret: true
  register: example_files
  notify: Restart example
"""

RETURN = r"""
changed_paths:
  description: Paths that were (or, in check mode, would be) changed, and those of a run that was cut.
  type: list
  elements: str
  returned: always
changes:
  description: For each of these paths, V(created), V(content), V(rights) or V(removed); V(owed) where it is as it must
    be and what follows is still to be done.
  type: dict
  returned: always
in_debt:
  description: Whether something is owed on the host, of these paths or of others of the function.
  type: bool
  returned: always
"""

KEYS = {"content", "owner", "group", "mode", "state", "secret"}


def observed(path: str) -> dict[str, Any]:
    """What is at `path` now, in the terms of `wanted`."""
    if os.path.islink(path):
        return {"state": "link", "content": os.readlink(path)}
    if not os.path.exists(path):
        return {"state": "absent"}
    status = os.stat(path)
    found: dict[str, Any] = {"uid": status.st_uid, "gid": status.st_gid, "mode": status.st_mode & 0o7777}
    if os.path.isdir(path):
        return found | {"state": "directory"}
    with open(path, "rb") as stream:
        return found | {"state": "file", "content": stream.read()}


def wanted(spec: dict[str, Any]) -> dict[str, Any]:
    """The specification in comparable terms; KeyError when the owner or group does not exist."""
    state = spec.get("state", "file")
    if state == "absent":
        return {"state": state}
    if state == "link":
        return {"state": state, "content": spec["content"]}
    result: dict[str, Any] = {
        "state": state,
        "uid": pwd.getpwnam(spec.get("owner") or "root").pw_uid,
        "gid": grp.getgrnam(spec.get("group") or "root").gr_gid,
        "mode": int(str(spec.get("mode") or ("0755" if state == "directory" else "0644")), 8),
    }
    if state == "file":
        result["content"] = (spec.get("content") or "").encode()
    return result


def apply(path: str, now: dict[str, Any], want: dict[str, Any]) -> None:
    """Bring `path` from `now` to `want`; a file is replaced in one step, never seen half written."""
    if now["state"] not in ("absent", want["state"]):
        if now["state"] == "directory":
            os.rmdir(path)
        else:
            os.unlink(path)
        now = {"state": "absent"}
    if want["state"] == "absent":
        return
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    if want["state"] == "directory":
        os.makedirs(path, exist_ok=True)
    elif want["state"] == "link":
        temporary = f"{path}.gru-new"
        os.symlink(want["content"], temporary)
        os.replace(temporary, path)
        return
    elif now.get("content") != want["content"]:
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".gru-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(want["content"])
        os.chown(temporary, want["uid"], want["gid"])
        os.chmod(temporary, want["mode"])
        os.replace(temporary, path)
        return
    os.chown(path, want["uid"], want["gid"])
    os.chmod(path, want["mode"])


def kind(now: dict[str, Any], want: dict[str, Any]) -> str:
    """What happens to a path, in one word."""
    if want["state"] == "absent":
        return "removed"
    if now["state"] == "absent":
        return "created"
    same = all(now.get(key) == want.get(key) for key in ("state", "content"))
    return "rights" if same else "content"


def everybody_reads(state: dict[str, Any]) -> bool:
    """Whether a content is no secret: what is written for everybody on the host may be shown."""
    return bool(state.get("mode", 0o644) & 0o004)


def text(state: dict[str, Any], hidden: bool) -> str:
    """Content for a diff."""
    content = state.get("content", b"")
    if not content:
        return ""
    if hidden:
        return "(secret)\n"
    return content.decode(errors="replace") if isinstance(content, bytes) else f"-> {content}\n"


def owed_paths(ledger: str) -> list[str]:
    """What a run that was cut left to be done: the paths of a ledger, oldest first."""
    try:
        with open(ledger, encoding="utf-8") as stream:
            return list(dict.fromkeys(line.strip() for line in stream if line.startswith("/")))
    except FileNotFoundError:
        return []


def owe(ledger: str, paths: list[str]) -> None:
    """Write paths in a ledger, on the disk itself before anything else is touched: a power cut must not lose them."""
    os.makedirs(os.path.dirname(ledger), mode=0o755, exist_ok=True)
    with open(ledger, "a", encoding="utf-8") as stream:
        stream.writelines(f"{path}\n" for path in paths)
        stream.flush()
        os.fsync(stream.fileno())


def compared(module: AnsibleModule, path: str, spec: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is at a path, and what must be. Fails the task when the specification is at fault."""
    unknown = set(spec) - KEYS
    if unknown or not os.path.isabs(path):
        module.fail_json(msg=f"{path}: the path must be absolute, and these keys are unknown: {sorted(unknown)}")
    try:
        return observed(path), wanted(spec)
    except KeyError as error:
        # In check mode on a new host, the package that brings the user is not there yet.
        if not module.check_mode:
            module.fail_json(msg=f"{path}: {error.args[0]}")
        return observed(path), {"state": "unknown"}


def difference(path: str, spec: dict[str, Any], now: dict[str, Any], want: dict[str, Any]) -> dict[str, str]:
    """One file of Ansible's diff."""
    hidden = bool(spec.get("secret")) or not (everybody_reads(now) and everybody_reads(want))
    return {
        "before_header": path,
        "after_header": path,
        "before": text(now, hidden),
        "after": "(new secret)\n" if hidden and want.get("content") else text(want, hidden),
    }


def main() -> None:
    """Ansible's entry: compare every path with what is wanted, note what will be owed, then change what differs."""
    module = AnsibleModule(
        argument_spec={
            "files": {"type": "dict", "required": True},
            "owing": {"type": "list", "elements": "str", "default": []},
            "ledger": {"type": "str"},
        },
        supports_check_mode=True,
    )
    files, owing, ledger = module.params["files"], module.params["owing"], module.params["ledger"]
    owed = owed_paths(ledger) if ledger else []
    differing: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    changes: dict[str, str] = {}
    for path, spec in files.items():
        now, want = compared(module, path, spec)
        if any(now.get(key) != value for key, value in want.items()):
            differing[path] = now, want
            changes[path] = kind(now, want)
        elif path in owed:
            changes[path] = "owed"
    changes |= {path: "owed" if path in owed else "content" for path in owing}
    new = [path for path in changes if path not in owed]
    if ledger and new and not module.check_mode:
        owe(ledger, new)
    for path, (now, want) in differing.items() if not module.check_mode else ():
        try:
            apply(path, now, want)
        except OSError as error:
            module.fail_json(msg=f"{path}: {error}", changed_paths=list(changes))
    result: dict[str, Any] = {
        "changed": bool(changes),
        "changed_paths": list(changes),
        "changes": changes,
        "in_debt": bool(owed or changes),
    }
    if module._diff:
        result["diff"] = [difference(path, files[path], *differing[path]) for path in differing]
    module.exit_json(**result)


if __name__ == "__main__":
    main()
