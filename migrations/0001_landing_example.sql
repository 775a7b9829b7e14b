-- The example row of the landing page: how many visitors have it ticked off. One row, owned by nobody.
CREATE TABLE landing_example (
    singleton boolean NOT NULL DEFAULT true,
    done_by   bigint  NOT NULL DEFAULT 0,
    CONSTRAINT landing_example_pkey PRIMARY KEY (singleton),
    CONSTRAINT landing_example_is_one_row CHECK (singleton),
    CONSTRAINT landing_example_done_by_not_negative CHECK (done_by >= 0)
);

INSERT INTO landing_example DEFAULT VALUES;
