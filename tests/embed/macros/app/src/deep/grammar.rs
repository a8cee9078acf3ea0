pub mod one {
    #[derive(pest_derive::Parser)]
    #[grammar = "deep/in_src.pest"]
    pub struct InSrc;
}
pub mod two {
    #[derive(pest_derive::Parser)]
    #[grammar = "grammars/a.pest"]
    #[grammar = "grammars/b.pest"]
    pub struct Both;
}
