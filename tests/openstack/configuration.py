"""Files of the control plane's services: what differs from Debian's own, and why.

Every service runs with the fewest processes; servers are those of Nova's own test driver, ports and volumes of ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from tests.openstack.places import BACKUP_REGION, HOSTNAME, KEYSTONE, PASSWORD, REGION, SERVICES

COMPUTE_HOSTS = ("1", "2")
"""Fake hosts on which servers are placed: strict anti-affinity needs as many as there are servers."""

INSIDE = f"http://{HOSTNAME}:5000/v3"
DATABASES = f"mysql+pymysql://openstack:{PASSWORD}@localhost"
QUEUE = "rabbit://guest:guest@127.0.0.1:5672/"
SWIFT_SERVERS = {"account": 6202, "container": 6201, "object": 6200}

Sections = Mapping[str, Mapping[str, object]]

UNITS = (
    "mariadb",
    "rabbitmq-server",
    "named",
    "keystone",
    "placement-api",
    "glance-api",
    "neutron-api",
    "nova-api",
    "nova-conductor",
    "nova-scheduler",
    *(f"gru-nova-compute@{host}" for host in COMPUTE_HOSTS),
    "cinder-api",
    "cinder-scheduler",
    "cinder-volume",
    "designate-api",
    "designate-central",
    # A record that changes waits for it: it raises the serial of its zone.
    "designate-producer",
    "designate-worker",
    "designate-mdns",
    *(f"gru-swift-{server}" for server in ("proxy", *SWIFT_SERVERS)),
)
"""What starts with the control plane."""

BEYOND_SERVERS = (
    "named",
    f"gru-nova-compute@{COMPUTE_HOSTS[-1]}",
    "cinder-scheduler",
    "cinder-volume",
    *(unit for unit in UNITS if unit.startswith(("designate-", "gru-swift-"))),
)
"""What a server without data, a network and a public address do without: volumes, names, objects, a second host."""


def files() -> dict[str, str]:
    """Content of each file, by its path in the container."""
    found = {
        "/etc/mysql/mariadb.conf.d/99-tests.cnf": _ini({"mysqld": MARIADB}),
        "/etc/rabbitmq/rabbitmq-env.conf": RABBITMQ,
        "/etc/keystone/keystone.conf": _ini(_keystone()),
        "/etc/placement/placement.conf": _ini(_placement()),
        "/etc/glance/glance-api.conf": _ini(_glance()),
        "/etc/neutron/neutron.conf": _ini(_neutron()),
        "/etc/neutron/plugins/ml2/ml2_conf.ini": _ini(ML2),
        "/etc/nova/nova.conf": _ini(_nova()),
        "/etc/cinder/cinder.conf": _ini(_cinder()),
        "/etc/designate/designate.conf": _ini(_designate()),
        "/etc/designate/pools.yaml": json.dumps(DESIGNATE_POOLS),
        "/etc/bind/named.conf.options": BIND,
        "/etc/swift/swift.conf": _ini(SWIFT),
        "/etc/swift/proxy-server.conf": _ini(_swift_proxy()),
        "/etc/systemd/system/gru-nova-compute@.service": COMPUTE_UNIT,
        "/root/image/catalogue.json": json.dumps(_catalogue()),
        "/root/image/swift.json": json.dumps(SWIFT_SERVERS),
    }
    for host in COMPUTE_HOSTS:
        found[f"/etc/nova/compute-{host}.conf"] = _ini({"DEFAULT": _compute(host)})
    for server, port in SWIFT_SERVERS.items():
        found[f"/etc/swift/{server}-server.conf"] = _ini(_swift_server(server, port))
    for server in ("proxy", *SWIFT_SERVERS):
        found[f"/etc/systemd/system/gru-swift-{server}.service"] = SWIFT_UNIT.format(server=server)
    # What makes an entry point of a module: how Neutron finds its driver.
    package = "/usr/lib/python3/dist-packages/gru_ml2-1.dist-info"
    found[f"{package}/METADATA"] = "Metadata-Version: 2.1\nName: gru-ml2\nVersion: 1\n"
    found[f"{package}/entry_points.txt"] = "[neutron.ml2.mechanism_drivers]\ngru = gru_ml2:Driver\n"
    return found


MARIADB = {
    "innodb_buffer_pool_size": "64M",
    "innodb_flush_log_at_trx_commit": 0,
    "innodb_doublewrite": 0,
    "innodb_log_file_size": "8M",
    "max_connections": 500,
    "skip-log-bin": 1,
    "performance_schema": "off",
}
"""Small, and in no hurry to reach the disk: nothing here is kept."""

RABBITMQ = """\
NODENAME=rabbit@localhost
RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none"
"""
"""One scheduler that sleeps when it has nothing to do: by default idle ones spin."""

ML2 = {
    "ml2": {
        "type_drivers": "flat,local",
        "tenant_network_types": "local",
        "mechanism_drivers": "gru",
        "extension_drivers": "port_security",
    },
    "ml2_type_flat": {"flat_networks": "external"},
}

BIND = """\
options {
  directory "/var/cache/bind"; allow-new-zones yes; recursion no; allow-query { any; }; minimal-responses yes;
  listen-on { any; }; listen-on-v6 { none; }; dnssec-validation no;
};
"""

DESIGNATE_POOLS = [
    {
        "name": "default",
        "description": "BIND, beside",
        "attributes": {},
        "ns_records": [{"hostname": "ns1.essai.test.", "priority": 1}],
        "nameservers": [{"host": "127.0.0.1", "port": 53}],
        "targets": [
            {
                "type": "bind9",
                "description": "BIND, beside",
                "masters": [{"host": "127.0.0.1", "port": 5354}],
                "options": {
                    "host": "127.0.0.1",
                    "port": 53,
                    "rndc_host": "127.0.0.1",
                    "rndc_port": 953,
                    "rndc_key_file": "/etc/bind/rndc.key",
                },
            }
        ],
    }
]

SWIFT = {
    "swift-hash": {"swift_hash_path_suffix": "tests"},
    "storage-policy:0": {"name": "Policy-0", "default": "yes"},
}

SWIFT_UNIT = """\
[Unit]
Description=Swift, {server}
[Service]
User=swift
RuntimeDirectory=swift
RuntimeDirectoryPreserve=yes
CacheDirectory=swift
ExecStart=/usr/bin/swift-{server}-server /etc/swift/{server}-server.conf
Restart=on-failure
[Install]
WantedBy=multi-user.target
"""
"""Swift's servers as daemons of their own: one process each, where uWSGI has several."""

COMPUTE_UNIT = """\
[Unit]
Description=Nova, fake host %i
After=rabbitmq-server.service nova-conductor.service
[Service]
User=nova
ExecStart=/usr/bin/nova-compute --config-file /etc/nova/nova.conf --config-file /etc/nova/compute-%i.conf
Restart=on-failure
[Install]
WantedBy=multi-user.target
"""


def _catalogue() -> dict[str, object]:
    return {
        "keystone": KEYSTONE,
        "password": PASSWORD,
        "region": REGION,
        "services": {name: (service.kind, service.url) for name, service in SERVICES.items()},
        "elsewhere": {BACKUP_REGION: ["swift"]},
    }


def _keystone() -> Sections:
    return {
        "DEFAULT": {"log_dir": "/var/log/keystone"},
        "database": _database("keystone"),
        "token": {"provider": "fernet"},
        # The cheapest that is accepted: passwords here protect nothing.
        "identity": {"password_hash_rounds": 4},
    }


def _placement() -> Sections:
    return {
        "DEFAULT": {"log_dir": "/var/log/placement"},
        "placement_database": _database("placement"),
        "api": {"auth_strategy": "keystone"},
        "keystone_authtoken": _token("placement"),
    }


def _glance() -> Sections:
    return {
        "DEFAULT": {
            "log_dir": "/var/log/glance",
            "enabled_backends": "fs:file",
            "enabled_import_methods": "[]",
            "workers": 1,
        },
        "glance_store": {"default_backend": "fs"},
        "fs": {"filesystem_store_datadir": "/var/lib/glance/images"},
        "database": _database("glance"),
        "paste_deploy": {"flavor": "keystone"},
        "keystone_authtoken": _token("glance"),
    }


def _neutron() -> Sections:
    return {
        "DEFAULT": {
            "log_dir": "/var/log/neutron",
            "core_plugin": "ml2",
            "service_plugins": "router",
            "auth_strategy": "keystone",
            "transport_url": QUEUE,
            "rpc_workers": 0,
            # Nova waits for them before it says that a server is ACTIVE.
            "notify_nova_on_port_status_changes": "true",
            "notify_nova_on_port_data_changes": "true",
        },
        "database": _database("neutron"),
        "nova": _account("nova"),
        "oslo_concurrency": {"lock_path": "/var/lib/neutron/tmp"},
        "keystone_authtoken": _token("neutron"),
    }


def _nova() -> Sections:
    return {
        "DEFAULT": {
            "log_dir": "/var/log/nova",
            "state_path": "/var/lib/nova",
            "transport_url": QUEUE,
            "my_ip": "127.0.0.1",
            # Unlike fake.FakeDriver it keeps its identity, and starts again.
            "compute_driver": "fake.FakeDriverWithoutFakeNodes",
            "osapi_compute_workers": 1,
        },
        "api": {"auth_strategy": "keystone"},
        "api_database": _database("nova_api"),
        "database": _database("nova"),
        "conductor": {"workers": 1},
        "scheduler": {"workers": 1, "discover_hosts_in_cells_interval": 5},
        "filter_scheduler": {"track_instance_changes": "false"},
        "glance": {"region_name": REGION},
        "oslo_concurrency": {"lock_path": "/var/lib/nova/tmp"},
        # A server refused by the second check has no request: every later list of servers answers 500 (Nova 31).
        "quota": {"recheck_quota": "false"},
        "vnc": {"enabled": "false"},
        "cinder": {"os_region_name": REGION, "catalog_info": "volumev3::publicURL", **_account("nova")},
        "service_user": {"send_service_user_token": "true", **_account("nova")},
        "placement": _account("placement"),
        "neutron": _account("neutron"),
        "keystone_authtoken": _token("nova"),
    }


def _compute(host: str) -> Mapping[str, object]:
    return {"host": f"hote{host}", "state_path": f"/var/lib/nova/compute-{host}", "log_file": f"compute-{host}.log"}


def _cinder() -> Sections:
    return {
        "DEFAULT": {
            "log_dir": "/var/log/cinder",
            "transport_url": QUEUE,
            "auth_strategy": "keystone",
            "enabled_backends": "fake",
            "default_volume_type": "__DEFAULT__",
            "osapi_volume_workers": 1,
            "glance_api_servers": f"http://{HOSTNAME}:9292",
        },
        "fake": {
            "volume_driver": "gru_volumes.Driver",
            "volume_backend_name": "fake",
        },
        "database": _database("cinder"),
        "service_user": {"send_service_user_token": "true", **_account("cinder")},
        "nova": _account("nova"),
        "oslo_concurrency": {"lock_path": "/var/lib/cinder/tmp"},
        "keystone_authtoken": {
            **_token("cinder"),
            "service_token_roles_required": "true",
            "service_token_roles": "service",
        },
    }


def _designate() -> Sections:
    return {
        "DEFAULT": {"log_dir": "/var/log/designate", "transport_url": QUEUE},
        "service:api": {
            "auth_strategy": "keystone",
            "enable_api_v2": "true",
            "enable_host_header": "true",
            "enabled_extensions_v2": "quotas,reports",
        },
        "service:central": {"workers": 1},
        "service:producer": {"workers": 1, "threads": 20},
        "service:worker": {"workers": 1, "threads": 20},
        "service:mdns": {"workers": 1, "listen": "127.0.0.1:5354"},
        "storage:sqlalchemy": _database("designate"),
        "oslo_concurrency": {"lock_path": "/var/lib/designate/tmp"},
        "keystone_authtoken": _token("designate"),
    }


def _swift_server(server: str, port: int) -> Sections:
    return {
        "DEFAULT": {
            "bind_ip": "127.0.0.1",
            "bind_port": port,
            "workers": 0,
            "mount_check": "false",
            "devices": "/srv/node",
            "user": "swift",
            "log_level": "WARNING",
        },
        "pipeline:main": {"pipeline": f"{server}-server"},
        f"app:{server}-server": {"use": f"egg:swift#{server}"},
    }


def _swift_proxy() -> Sections:
    plain = (
        "catch_errors",
        "gatekeeper",
        "healthcheck",
        "listing_formats",
        "bulk",
        "tempurl",
        "copy",
        "slo",
        "dlo",
        "versioned_writes",
    )
    return {
        "DEFAULT": {
            "bind_ip": "0.0.0.0",  # noqa: S104 (of the container)
            "bind_port": SERVICES["swift"].port,
            "workers": 0,
            "user": "swift",
            "log_level": "WARNING",
        },
        # In this order: with s3api before authtoken, every signature is refused.
        "pipeline:main": {
            "pipeline": "catch_errors gatekeeper healthcheck proxy-logging listing_formats bulk tempurl authtoken s3api"
            " s3token keystoneauth copy slo dlo versioned_writes proxy-logging proxy-server"
        },
        "app:proxy-server": {
            "use": "egg:swift#proxy",
            "allow_account_management": "true",
            "account_autocreate": "true",
        },
        "filter:authtoken": {
            "paste.filter_factory": "keystonemiddleware.auth_token:filter_factory",
            "delay_auth_decision": "true",
            **_account("swift"),
        },
        "filter:s3token": {"use": "egg:swift#s3token", "auth_uri": INSIDE, **_account("swift")},
        "filter:s3api": {"use": "egg:swift#s3api", "s3_acl": "false", "location": REGION},
        "filter:keystoneauth": {"use": "egg:swift#keystoneauth", "operator_roles": "admin,swiftoperator"},
        "filter:proxy-logging": {"use": "egg:swift#proxy_logging"},
        **{f"filter:{name}": {"use": f"egg:swift#{name}"} for name in plain},
    }


def _database(name: str) -> Mapping[str, object]:
    return {"connection": f"{DATABASES}/{name}?unix_socket=/run/mysqld/mysqld.sock"}


def _account(name: str) -> Mapping[str, object]:
    """What a service says of itself to Keystone."""
    return {
        "auth_url": INSIDE,
        "auth_type": "password",
        "region_name": REGION,
        "project_domain_name": "Default",
        "user_domain_name": "Default",
        "project_name": "service",
        "username": name,
        "password": PASSWORD,
    }


def _token(name: str) -> Mapping[str, object]:
    return {"www_authenticate_uri": KEYSTONE, **_account(name)}


def _ini(sections: Sections) -> str:
    return "\n".join(_lines(sections)) + "\n"


def _lines(sections: Sections) -> Iterator[str]:
    for name, settings in sections.items():
        yield f"[{name}]"
        yield from (f"{key} = {value}" for key, value in settings.items())
