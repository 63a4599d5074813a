#!/bin/sh
# Runs once, when the database is made: the login of the services. It owns nothing and may only become one of
# the two roles under row-level security; migrations run as the owner.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set password="$SERVICES_PASSWORD" <<'SQL'
CREATE ROLE konectus_app NOLOGIN;
CREATE ROLE konectus_dispatch NOLOGIN;
CREATE ROLE konectus_services LOGIN NOINHERIT PASSWORD :'password';
GRANT konectus_app, konectus_dispatch TO konectus_services;
SQL
