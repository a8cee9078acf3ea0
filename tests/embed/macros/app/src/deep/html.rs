use askama::Template;
#[derive(Template)]
#[template(path = "page.html")]
pub struct Page {
    pub name: &'static str,
}
#[derive(Template)]
#[template(path = "mail.txt", config = "mail.toml")]
pub struct Mail;
