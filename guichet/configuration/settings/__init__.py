"""One module a deployment: portail, instruction, schema (migrations), test."""
