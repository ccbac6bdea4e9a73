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
  - With secrets among the contents, say C(no_log) on the task and C(secret) on the file.
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
        description: Keep the content out of diffs.
        type: bool
        default: false
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
  no_log: true
  register: example_files
  notify: Restart example
"""

RETURN = r"""
changed_paths:
  description: Paths that were (or, in check mode, would be) changed.
  type: list
  elements: str
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


def text(state: dict[str, Any], secret: bool) -> str:
    """Content for a diff."""
    content = state.get("content", b"")
    if secret:
        return "(secret)\n" if content else ""
    return content.decode(errors="replace") if isinstance(content, bytes) else f"-> {content}\n"


def main() -> None:
    """Ansible's entry: compare every path with what is wanted, then change what differs."""
    module = AnsibleModule(argument_spec={"files": {"type": "dict", "required": True}}, supports_check_mode=True)
    changed: list[str] = []
    diffs: list[dict[str, str]] = []
    for path, spec in module.params["files"].items():
        unknown = set(spec) - KEYS
        if unknown or not os.path.isabs(path):
            module.fail_json(msg=f"{path}: the path must be absolute, and these keys are unknown: {sorted(unknown)}")
        now = observed(path)
        try:
            want = wanted(spec)
        except KeyError as error:
            # In check mode on a new host, the package that brings the user is not there yet.
            if not module.check_mode:
                module.fail_json(msg=f"{path}: {error.args[0]}", changed_paths=changed)
            want = {"state": "unknown"}
        if all(now.get(key) == value for key, value in want.items()):
            continue
        changed.append(path)
        secret = bool(spec.get("secret"))
        diffs.append(
            {
                "before_header": path,
                "after_header": path,
                "before": text(now, secret),
                "after": text(want, secret) if not secret else "(new secret)\n",
            }
        )
        if not module.check_mode:
            try:
                apply(path, now, want)
            except OSError as error:
                module.fail_json(msg=f"{path}: {error}", changed_paths=changed)
    result: dict[str, Any] = {"changed": bool(changed), "changed_paths": changed}
    if module._diff:
        result["diff"] = diffs
    module.exit_json(**result)


if __name__ == "__main__":
    main()
