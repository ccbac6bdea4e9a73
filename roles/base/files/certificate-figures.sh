#!/bin/sh
# Run when a certificate of this host has changed: tells monitoring from when until when each one holds.
set -eu
folder=/var/lib/prometheus/node-exporter
mkdir -p "$folder"
new=$(mktemp "$folder/.gru-certificates.XXXXXX")

# figure NAME DATE HELP: a line a certificate; DATE is what openssl calls it.
figure() {
    echo "# HELP $1 $3"
    echo "# TYPE $1 gauge"
    for path in /etc/ssl/gru/host.crt /etc/ssl/gru/public.pem; do
        if [ -s "$path" ]; then
            moment=$(openssl x509 -in "$path" -noout "-$2" | cut -d= -f2)
            echo "$1{certificate=\"$(basename "${path%.*}")\"} $(date -d "$moment" +%s)"
        fi
    done
}
{
    figure gru_certificate_issued_timestamp_seconds startdate "When a certificate of the host began to hold."
    figure gru_certificate_expires_timestamp_seconds enddate "When a certificate of the host ceases to hold."
} >"$new"
chmod 0644 "$new"
mv "$new" "$folder/gru-certificates.prom"
