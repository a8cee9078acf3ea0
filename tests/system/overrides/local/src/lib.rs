pub const CONFIGURED: Option<&str> = option_env!("STAND_IN_CONFIGURED");
