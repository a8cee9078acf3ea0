pub static ALL: sqlx::migrate::Migrator = sqlx::migrate!("./db");
