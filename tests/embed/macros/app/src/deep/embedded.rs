#[derive(rust_embed::RustEmbed)]
#[folder = "web/"]
pub struct Web;
#[derive(rust_embed::Embed)]
#[folder = "../data"]
pub struct Data;
