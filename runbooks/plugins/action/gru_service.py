"""Action: `ansible.builtin.systemd_service`, with which check mode goes to its end on a host that is still empty.

In check mode no package has been installed: its units are not there, which that module takes for a failure. Here it is
what will change. Anything else, and any run that is not in check mode, is the module's own.
"""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

_NOT_THERE = "Could not find the requested service"


class ActionModule(ActionBase):
    """Same arguments as the module."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ansible's hook; a service that its package has yet to bring counts as changed in check mode."""
        super().run(tmp, task_vars)
        result: dict[str, Any] = self._execute_module(
            module_name="ansible.builtin.systemd_service", module_args=self._task.args, task_vars=task_vars
        )
        if self._task.check_mode and result.get("failed") and _NOT_THERE in str(result.get("msg")):
            return {"changed": True, "msg": f"{self._task.args.get('name')} will come with its package"}
        return result
