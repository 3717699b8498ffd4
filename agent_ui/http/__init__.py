"""The HTTP side: sign-in, the REST API and its OpenAPI document, health, metrics, the panel's files."""
