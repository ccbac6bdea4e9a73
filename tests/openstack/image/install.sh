#!/bin/sh
# Packages of the control plane, in a container of the product's base image, before systemd begins.
# nova-compute wants a hypervisor: nova-compute-ironic satisfies it without libvirt nor QEMU.
set -eu
export DEBIAN_FRONTEND=noninteractive
# No maintainer's script may start a service: there is no systemd yet, and nothing is configured.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
# A third of what they unpack is never read here: pages, other languages, tests, descriptions
# of the interfaces of other clouds.
python=/usr/lib/python3/dist-packages
cat >/etc/dpkg/dpkg.cfg.d/gru-tests <<EOF
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/locale/*
path-exclude=/usr/share/OVMF/*
path-exclude=/usr/share/ovmf/*
path-exclude=$python/botocore/data/*
path-exclude=$python/googleapiclient/discovery_cache/documents/*
path-exclude=$python/cinder/tests/*
path-exclude=$python/nova/tests/*
path-exclude=$python/neutron/tests/*
path-exclude=$python/keystone/tests/*
path-exclude=$python/openstackclient/tests/*
path-exclude=$python/openstack/tests/*
EOF
# 450 packages would each start Python to compile their modules: it is done once, at the end.
dpkg-divert --quiet --local --rename --add /usr/bin/py3compile
ln -s /bin/true /usr/bin/py3compile

apt-get update -q
# shellcheck disable=SC2086 # a list of package names
apt-get -q -o APT::Install-Recommends=false -o Dpkg::Use-Pty=0 install -y $PACKAGES
apt-get clean

rm /usr/bin/py3compile
dpkg-divert --quiet --local --rename --remove /usr/bin/py3compile
python3 -m compileall -q -j 2 -x '/(tests?|numpy|botocore|googleapiclient|setuptools|pip|sphinx|oslo_vmware|openstackclient|os_ken|ovs|google|pygments|grpc|networkx|sympy)/' /usr/lib/python3/dist-packages || true
rm -f /usr/sbin/policy-rc.d
# Nothing starts but what setup.sh enables: an interface without its database fails again and again.
rm -f /etc/systemd/system/multi-user.target.wants/*
