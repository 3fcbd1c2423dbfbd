#!/bin/sh
# Run once by the image of PostgreSQL: a role that owns and migrates, a poorer one that serves, and their database.
set -eu
psql --username postgres --set ON_ERROR_STOP=1 --set owner="$OWNER_PASSWORD" --set server="$SERVER_PASSWORD" <<'SQL'
create role entitlements_owner login password :'owner';
create role entitlements login password :'server';
-- The tables of the queue belong to the role that serves, and a backup by the owner has them too.
grant pg_read_all_data to entitlements_owner;
create database entitlements owner entitlements_owner encoding 'UTF8' template template0;
SQL
