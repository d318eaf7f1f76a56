//! placeholder
use axum::Json;
pub async fn serve() -> Json<serde_json::Value> {
    Json(serde_json::Value::Null)
}
impl utoipa::PartialSchema for crate::time::Instant {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::DateTime)))
            .into()
    }
}
impl utoipa::ToSchema for crate::time::Instant {}
