CREATE TABLE deposit_accounts (
  id UUID PRIMARY KEY,
  customer_id UUID NOT NULL REFERENCES customers (id),
  balance_cents BIGINT NOT NULL DEFAULT 0 CHECK (balance_cents >= 0),
  opened_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX deposit_accounts_by_customer ON deposit_accounts (customer_id);
