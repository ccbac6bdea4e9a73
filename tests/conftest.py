"""What every test of the project shares: how properties are tried."""

from hypothesis import settings

# A property is right or wrong; how long one example takes depends on the machine and belongs to benchmarks.
settings.register_profile("gru", deadline=None)
settings.load_profile("gru")
