"""DynamoDB behind the ports: keys, tables, one file per aggregate."""
