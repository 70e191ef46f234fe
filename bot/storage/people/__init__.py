"""Staff in the database: log-in, roles, second factors, recovery, keys."""
