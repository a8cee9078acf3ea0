pub const QUIET: bool = true;
