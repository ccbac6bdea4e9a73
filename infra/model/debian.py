"""Which functions a host may carry under the Debian before the current one."""

from __future__ import annotations

from infra.model.site import Function

NEEDS_CURRENT: dict[Function, str] = {
    Function.DATABASE: "PostgreSQL 17",
    Function.IDP: "LemonLDAP::NG 2.21",
    Function.PROXY: "HAProxy 3.0",
    Function.MONITORING: "Prometheus 2.53",
}
"""What a function needs that Debian 12 has too old. The others run on Debian 12 too."""

SAVED_NEEDS_CURRENT: dict[Function, str] = {Function.CONSULTATION: "restic 0.18, qui sauvegarde ses documents"}
"""The same, of functions that run on Debian 12 where nothing is saved: its restic (0.14) neither waits for a lock,
nor takes one folder out of a snapshot (0.16), nor says that a repository is not there (0.17).
"""
