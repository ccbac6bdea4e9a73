"""Action: renders the templates of a `gru_files` task here, then sends the whole set in one module call.

What follows from a change is owed on the host until its function was applied to the end (runbooks/tasks/function.yml).
"""

from __future__ import annotations

import os
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase
from ansible.template import trust_as_template

OWED = "/var/lib/gru/owed"
"""On a host: one file a function, of the paths whose change has consequences still to come."""


class ActionModule(ActionBase):
    """Same templating rules as ansible.builtin.template (trimmed blocks, role's templates/ folder)."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ansible's hook; the module's result. Raises AnsibleActionFail when the task or a file is at fault."""
        variables: dict[str, Any] = task_vars or {}
        super().run(tmp, variables)
        specs = self._task.args.get("files")
        if not isinstance(specs, dict):
            raise AnsibleActionFail("gru_files: `files` must be a mapping of paths")
        ready: dict[str, dict[str, Any]] = {}
        for path, given in specs.items():
            spec = dict(given or {})
            sources = [key for key in ("content", "file", "template") if spec.get(key) is not None]
            if len(sources) > 1:
                raise AnsibleActionFail(f"gru_files: {path}: one of content, file or template")
            if "template" in spec:
                spec["content"] = self._render(spec.pop("template"), variables)
            elif "file" in spec:
                spec["content"] = self._loader.get_text_file_contents(self._find("files", spec.pop("file")))
            ready[str(path)] = spec
        arguments: dict[str, Any] = {"files": ready, "owing": self._task.args.get("owing") or []}
        # Outside of a role nothing follows.
        function = self._function(variables)
        if function:
            arguments["ledger"] = os.path.join(str(variables.get("gru_owed_directory") or OWED), function)
        result = self._send(arguments, variables)
        if function and result.get("in_debt") and not self._task.check_mode:
            known = (variables.get("ansible_facts") or {}).get("gru_debts") or {}
            result["ansible_facts"] = {"gru_debts": {**known, function: arguments["ledger"]}}
        return result

    def _function(self, variables: dict[str, Any]) -> str:
        """The function of the host that is being applied; by itself (runbooks/trust.yml), a role is its own."""
        if variables.get("gru_function"):
            return str(variables["gru_function"])
        return str(self._task._role.get_name()) if self._task._role else ""

    def _send(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Contents may be secrets: the host must not log them, and the result must not hold them. All else is told."""
        given = self._task.no_log
        self._task.no_log = True
        try:
            result: dict[str, Any] = self._execute_module(
                module_name="gru_files", module_args=arguments, task_vars=variables
            )
        finally:
            self._task.no_log = given
        result.pop("invocation", None)
        return result

    def _find(self, folder: str, name: str) -> str:
        try:
            return str(self._find_needle(folder, name))
        except AnsibleError as error:
            raise AnsibleActionFail(str(error)) from error

    def _render(self, name: str, variables: dict[str, Any]) -> str:
        source = self._find("templates", name)
        roots = [*variables.get("ansible_search_path", []), self._loader.get_basedir(), os.path.dirname(source)]
        templar = self._templar.copy_with_new_env(
            searchpath=[place for root in roots for place in (os.path.join(root, "templates"), root)],
            available_variables=variables,
        )
        rendered = templar.template(
            trust_as_template(self._loader.get_text_file_contents(source)),
            escape_backslashes=False,
            overrides={"trim_blocks": True, "lstrip_blocks": False, "newline_sequence": "\n"},
        )
        return "" if rendered is None else str(rendered)
