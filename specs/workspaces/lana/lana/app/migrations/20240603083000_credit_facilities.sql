CREATE TABLE credit_facilities (
  id UUID PRIMARY KEY,
  customer_id UUID NOT NULL REFERENCES customers (id),
  limit_cents BIGINT NOT NULL CHECK (limit_cents > 0),
  drawn_cents BIGINT NOT NULL DEFAULT 0,
  rate_basis_points INTEGER NOT NULL,
  CHECK (drawn_cents BETWEEN 0 AND limit_cents)
);
