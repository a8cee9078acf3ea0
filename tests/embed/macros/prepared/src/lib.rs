pub fn run() {
    let _ = sqlx::query!("select 1 as one");
    let _ = sqlx::query_scalar!("select 2 " + r#"as "two""#);
    let _ = sqlx::query_file!("queries/three.sql");
    let _ = sqlx::query_as!(
        Row<u8, u16>,
        "select 4\
        as four",
        1
    );
}
pub struct Row<A, B>(A, B);
