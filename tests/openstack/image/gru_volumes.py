"""Cinder's driver of the tests: a volume is a name and a size; its content is kept by whoever runs the machines.

Cinder's own driver for tests cannot extend a volume.
"""

from cinder import interface
from cinder.volume import driver


@interface.volumedriver
class Driver(driver.VolumeDriver):
    """Says yes to whatever it is asked."""

    VERSION = "1"
    CI_WIKI_NAME = "none"

    def check_for_setup_error(self):
        """There is nothing to check."""

    def create_volume(self, volume):
        """Made when a machine first sees it."""

    def delete_volume(self, volume):
        """Its content goes with the tests' folder."""

    def extend_volume(self, volume, new_size):
        """Its machine gives it the size that Cinder writes down."""

    def ensure_export(self, context, volume):
        """Nothing is exported."""

    def create_export(self, context, volume, connector):
        """Nothing is exported."""

    def remove_export(self, context, volume):
        """Nothing is exported."""

    def initialize_connection(self, volume, connector):  # noqa: ARG002
        """What Nova keeps; its own driver of the tests connects nothing."""
        return {"driver_volume_type": "iscsi", "data": {"access_mode": "rw"}}

    def terminate_connection(self, volume, connector, **kwargs):
        """Nothing is connected."""

    def _update_volume_stats(self):
        self._stats = {
            "volume_backend_name": self.configuration.safe_get("volume_backend_name"),
            "vendor_name": "gru",
            "driver_version": self.VERSION,
            "storage_protocol": "iscsi",
            "total_capacity_gb": "infinite",
            "free_capacity_gb": "infinite",
        }
