#[doc = document_features::document_features!()]
pub struct Features;
