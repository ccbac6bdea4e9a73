"""The Pulumi engine: found on this machine or built once from its Go module, never fetched behind one's back."""

from infra.engine.locate import ENGINE_VERSION, EngineError, ensure_engine, find_engine

__all__ = ["ENGINE_VERSION", "EngineError", "ensure_engine", "find_engine"]
