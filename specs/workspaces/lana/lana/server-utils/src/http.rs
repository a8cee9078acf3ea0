use std::sync::Arc;

use authz::{Role, Subject};
use axum::{
    extract::State,
    http::{header::AUTHORIZATION, HeaderMap, StatusCode},
    routing::{get, post},
    Json, Router,
};
use chrono::Utc;
use juniper::{
    http::GraphQLRequest, DefaultScalarValue, EmptySubscription, GraphQLTypeAsync, RootNode,
};
use lana_app::App;
use serde_json::Value;

use crate::Context;

pub type Schema<Q, M> = RootNode<'static, Q, M, EmptySubscription<Context>>;

struct Server<Q, M>
where
    Q: GraphQLTypeAsync<DefaultScalarValue, Context = Context, TypeInfo = ()> + Send,
    M: GraphQLTypeAsync<DefaultScalarValue, Context = Context, TypeInfo = ()> + Send,
{
    app: Arc<App>,
    schema: Schema<Q, M>,
}

/// `POST /graphql`, `GET /schema.graphql` and `GET /healthz`.
pub fn router<Q, M>(app: Arc<App>, schema: Schema<Q, M>) -> Router
where
    Q: GraphQLTypeAsync<DefaultScalarValue, Context = Context, TypeInfo = ()> + Send + 'static,
    M: GraphQLTypeAsync<DefaultScalarValue, Context = Context, TypeInfo = ()> + Send + 'static,
{
    let sdl = schema.as_sdl();
    Router::new()
        .route("/graphql", post(graphql::<Q, M>))
        .with_state(Arc::new(Server { app, schema }))
        .route("/schema.graphql", get(move || async move { sdl }))
        .route("/healthz", get(|| async { "ok\n" }))
}

async fn graphql<Q, M>(
    State(server): State<Arc<Server<Q, M>>>,
    headers: HeaderMap,
    Json(request): Json<GraphQLRequest>,
) -> Result<Json<Value>, StatusCode>
where
    Q: GraphQLTypeAsync<DefaultScalarValue, Context = Context, TypeInfo = ()> + Send + 'static,
    M: GraphQLTypeAsync<DefaultScalarValue, Context = Context, TypeInfo = ()> + Send + 'static,
{
    let context = Context {
        subject: subject(&server.app, &headers)?,
        app: Arc::clone(&server.app),
        now: Utc::now(),
    };
    let response = request.execute(&server.schema, &context).await;
    serde_json::to_value(&response)
        .map(Json)
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

/// Without a token one is a customer whom nobody knows.
fn subject(app: &App, headers: &HeaderMap) -> Result<Subject, StatusCode> {
    let Some(value) = headers.get(AUTHORIZATION) else {
        return Ok(Subject::new("anonymous", Role::Customer));
    };
    value
        .to_str()
        .ok()
        .and_then(|text| text.strip_prefix("Bearer "))
        .and_then(|token| app.tokens().verify(token).ok())
        .ok_or(StatusCode::UNAUTHORIZED)
}
