//! Speaks GraphQL to the router, without a socket.

use std::sync::Arc;

use authz::{Role, Subject};
use axum::{
    body::{to_bytes, Body},
    http::{header, Request, StatusCode},
    Router,
};
use lana_app::{simulation, App};
use serde_json::{json, Value};
use tower::ServiceExt;

const SDL: &str = include_str!("../schema.graphql");
const SECRET: &[u8] = b"test";

fn app() -> Arc<App> {
    let bank = simulation::run(simulation::Scenario::default()).unwrap();
    Arc::new(App::in_memory(bank, SECRET))
}

async fn ask(router: &Router, token: Option<&str>, query: &str) -> (StatusCode, Value) {
    let mut request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let request = request
        .body(Body::from(json!({ "query": query }).to_string()))
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

#[test]
fn the_written_schema_is_fresh() {
    assert_eq!(admin_server::sdl(), SDL);
}

#[tokio::test]
async fn staff_register_and_verify_customers() {
    let app = app();
    let token = app
        .tokens()
        .issue(&Subject::new("alice", Role::BankManager));
    let router = admin_server::router(app);
    let mutation = r#"mutation { registerCustomer(email: "bob@lana.bank") { id status } }"#;
    let (_, body) = ask(&router, Some(&token), mutation).await;
    let id = body["data"]["registerCustomer"]["id"]
        .as_str()
        .unwrap()
        .to_owned();

    let mutation = format!(r#"mutation {{ verifyCustomer(id: "{id}") {{ status }} }}"#);
    let (_, body) = ask(&router, Some(&token), &mutation).await;
    assert_eq!(body["data"]["verifyCustomer"]["status"], "verified");

    let (_, body) = ask(&router, None, "{ customers { id } }").await;
    assert_eq!(body["data"]["customers"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn strangers_change_nothing() {
    let router = admin_server::router(app());
    let mutation = r#"mutation { registerCustomer(email: "eve@lana.bank") { id } }"#;
    let (status, body) = ask(&router, None, mutation).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        body["errors"][0]["message"],
        "anonymous may not customer:create"
    );

    let (status, _) = ask(&router, Some("forged.token"), mutation).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_schema_is_served() {
    let request = Request::get("/schema.graphql").body(Body::empty()).unwrap();
    let response = admin_server::router(app()).oneshot(request).await.unwrap();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    assert_eq!(body, SDL.as_bytes());
}
