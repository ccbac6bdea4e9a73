"""Settings: base (common), autonome (one team, SQLite), test."""
