"""Servers, networks, volumes and names of a cloud that speaks OpenStack, with Pulumi's own provider.

Start with `settings.py` (what a site may say) and `target.py`. `cloud.py` asks the cloud itself.
"""
