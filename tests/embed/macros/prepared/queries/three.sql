select 3 as three
