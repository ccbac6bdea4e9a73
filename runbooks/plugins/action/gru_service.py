"""Action: `ansible.builtin.systemd_service`, with which check mode goes to its end on a host that is still empty.

In check mode no package has been installed: its units are not there, which that module takes for a failure. Here it is
what will change. A unit that is asked to run and was masked is unmasked: a role that wants a service wants it to start.
One that failed so often that systemd no longer tries is tried once more: its cause may just have been put right.
Anything else is the module's own.
"""

from __future__ import annotations

import shlex
from typing import Any

from ansible.plugins.action import ActionBase

_NOT_THERE = "Could not find the requested service"
_RUNNING = ("started", "restarted", "reloaded")


class ActionModule(ActionBase):
    """Same arguments as the module."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ansible's hook; a service that its package has yet to bring counts as changed in check mode."""
        super().run(tmp, task_vars)
        arguments = dict(self._task.args)
        result = self._ask(arguments, task_vars)
        # Looked at afterwards only: a question more for each service would be paid at each run.
        if result.get("failed") and "masked" in str(result.get("msg")) and arguments.get("state") in _RUNNING:
            result = self._ask(arguments | {"masked": False}, task_vars)
        if result.get("failed") and "Unable to " in str(result.get("msg")) and not self._task.check_mode:
            self._low_level_execute_command(f"systemctl reset-failed {shlex.quote(str(arguments.get('name')))}")
            result = self._ask(arguments, task_vars)
        if self._task.check_mode and result.get("failed") and _NOT_THERE in str(result.get("msg")):
            name = arguments.get("name")
            return {"changed": True, "name": name, "absent": True, "msg": f"{name} will come with its package"}
        return result

    def _ask(self, arguments: dict[str, Any], task_vars: dict[str, Any] | None) -> dict[str, Any]:
        result: dict[str, Any] = self._execute_module(
            module_name="ansible.builtin.systemd_service", module_args=arguments, task_vars=task_vars
        )
        return result
