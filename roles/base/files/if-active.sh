#!/bin/sh
# if-active reload|restart UNIT…: tells running services that a certificate changed. One that is stopped, masked or gone
# has nothing to be told: it reads the certificate as it starts, and its own role starts it.
set -e
action=$1
shift
for unit; do
    ! systemctl --quiet is-active "$unit" || systemctl "$action" "$unit"
done
