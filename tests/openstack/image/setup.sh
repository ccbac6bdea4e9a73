#!/bin/bash
# Databases, catalogue, rings: everything that the control plane holds before its first service starts.
# Run once, inside its container, after the configuration was written; systemd runs.
set -eu

as() { su -s /bin/sh "$1" -c "$2"; }

systemctl daemon-reload
# Debian runs each interface as 8 processes of 32 threads; with several threads nova-api deadlocks. Two processes for the
# two that the provider asks most; each loads its whole program. uWSGI closes a connection after each answer without
# saying so, which clients take for a reset: it is made to say so.
for ini in /etc/*/*-uwsgi.ini; do
  case $ini in */nova-api-uwsgi.ini | */neutron-api-uwsgi.ini) processes=2 ;; *) processes=1 ;; esac
  sed -i -E "s/^processes *=.*/processes = $processes/; s/^threads *=.*/threads = 1/; s/^(apparmor-profile.*)/#\1/; s/^plugins *=.*/plugins = python3/" "$ini"
  echo 'add-header = Connection: close' >>"$ini"
done
# The driver that nova-compute-ironic sets.
rm -f /etc/nova/nova-compute.conf
# /usr/share/designate and others read the same files.
ln -sf plugins/ml2/ml2_conf.ini /etc/neutron/plugin.ini
for service in keystone placement glance neutron nova cinder designate swift; do
  chgrp -R "$service" "/etc/$service"
done
install -d -o swift -g swift /srv/node /srv/node/d1
for host in $COMPUTE_HOSTS; do install -d -o nova "/var/lib/nova/compute-$host"; done
rndc-confgen -a -q -u bind
chmod 640 /etc/bind/rndc.key
usermod -aG bind designate

systemctl start mariadb rabbitmq-server named &
starting=$!
python3 /root/image/rings.py
wait "$starting"
for name in keystone placement glance nova nova_api nova_cell0 neutron cinder designate; do
  echo "CREATE DATABASE $name CHARACTER SET utf8mb3; GRANT ALL ON $name.* TO 'openstack'@'localhost' IDENTIFIED BY '$PASSWORD';"
done | mariadb

keystone() {
  as keystone 'keystone-manage db_sync'
  keystone-manage fernet_setup --keystone-user keystone --keystone-group keystone
  keystone-manage credential_setup --keystone-user keystone --keystone-group keystone
  as keystone "keystone-manage bootstrap --bootstrap-password $PASSWORD --bootstrap-region-id $REGION \
    --bootstrap-admin-url $KEYSTONE --bootstrap-internal-url $KEYSTONE --bootstrap-public-url $KEYSTONE"
  systemctl start keystone
  python3 /root/image/catalogue.py
}
nova() {
  as nova 'nova-manage api_db sync'
  as nova "nova-manage cell_v2 map_cell0 --database_connection '$DATABASES/nova_cell0?unix_socket=/run/mysqld/mysqld.sock'"
  as nova 'nova-manage cell_v2 create_cell --name=cell1'
  as nova 'nova-manage db sync'
}
others() {
  as neutron 'neutron-db-manage --config-file /etc/neutron/neutron.conf --config-file /etc/neutron/plugin.ini upgrade head'
  as placement 'placement-manage db sync'
}
storage() {
  as glance 'glance-manage db_sync'
  as cinder 'cinder-manage db sync'
}
names() {
  as designate 'designate-manage database sync'
  systemctl start designate-central
  # It asks designate-central, which listens some time after it has started.
  for try in 1 2 3 4 5; do
    as designate 'designate-manage pool update --file /etc/designate/pools.yaml' && return
  done
  return "$try"
}
# All at once: each waits for the database half of its time. Of what they tell, only what fails is of interest.
declare -A jobs
for part in keystone nova others storage names; do
  ("$part" >"/var/log/setup-$part.log" 2>&1) &
  jobs[$part]=$!
done
failed=0
for part in "${!jobs[@]}"; do
  wait "${jobs[$part]}" || { failed=1; echo "échec : $part" >&2; tail -n 20 "/var/log/setup-$part.log" >&2; }
done
[ "$failed" = 0 ]

# shellcheck disable=SC2086 # a list of units
systemctl enable -q $UNITS
systemctl stop designate-central keystone named rabbitmq-server mariadb
rm -rf /var/log/*/*.log /var/log/setup-*.log /var/lib/apt/lists/*
