"""Rules about identifiers: of customers, orders, tickets and their like."""
