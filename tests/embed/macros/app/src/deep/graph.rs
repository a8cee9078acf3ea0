use graphql_client::GraphQLQuery;
#[derive(GraphQLQuery)]
#[graphql(schema_path = "graphql/schema.graphql", query_path = "graphql/query.graphql", response_derives = "Debug")]
pub struct Hello;
