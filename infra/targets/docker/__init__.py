"""Hosts as Docker containers running systemd, on this machine or wherever DOCKER_HOST points.

`client`, `network`, `volume` and `host` are plain drivers over docker-py (testable without Pulumi);
`resources` adapts them to Pulumi dynamic resources; `target` declares a plan with them.
The state of every stack names ``infra.targets.docker.resources``: never rename that module without an alias.
"""
