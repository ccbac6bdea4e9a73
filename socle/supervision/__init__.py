"""Health for the proxy, figures for Prometheus: the same addresses and the same measures on every site."""
