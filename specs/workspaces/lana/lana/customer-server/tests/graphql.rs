//! Speaks GraphQL to the router, without a socket.

use std::sync::Arc;

use authz::{Role, Subject};
use axum::{
    body::{to_bytes, Body},
    http::{header, Request},
    Router,
};
use lana_app::{simulation, App};
use serde_json::{json, Value};
use tower::ServiceExt;

const SDL: &str = include_str!("../schema.graphql");

async fn ask(router: &Router, token: &str, query: &str) -> Value {
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::from(json!({ "query": query }).to_string()))
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    serde_json::from_slice(&body).unwrap()
}

#[test]
fn the_written_schema_is_fresh() {
    assert_eq!(customer_server::sdl(), SDL);
}

#[tokio::test]
async fn customers_see_their_own_accounts_only() {
    let bank = simulation::run(simulation::Scenario::default()).unwrap();
    let first = bank.customers().next().unwrap().id;
    let app = Arc::new(App::in_memory(bank, b"test"));
    let token = app
        .tokens()
        .issue(&Subject::new(first.to_string(), Role::Customer));
    let router = customer_server::router(app);

    let body = ask(&router, &token, "{ me { email accounts { balance } } }").await;
    assert_eq!(body["data"]["me"]["email"], "customer-1@lana.bank");
    assert_eq!(body["data"]["me"]["accounts"].as_array().unwrap().len(), 1);

    let body = ask(&router, &token, "mutation { openAccount { balance } }").await;
    assert_eq!(body["data"]["openAccount"]["balance"], "0.00");
    let body = ask(&router, &token, "{ me { accounts { id } } }").await;
    assert_eq!(body["data"]["me"]["accounts"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn previews_need_no_account() {
    let app = Arc::new(App::in_memory(lana_app::Bank::default(), b"test"));
    let token = app.tokens().issue(&Subject::new("nobody", Role::Customer));
    let query = r#"{ interestPreview(principal: "36,000.00", rateBasisPoints: 1000,
                                     start: "2024-03-01", months: 1) { due interest } }"#;
    let body = ask(&customer_server::router(app), &token, query).await;
    let expected = json!([{ "due": "2024-03-31", "interest": "310.00" }]);
    assert_eq!(body["data"]["interestPreview"], expected);
}
