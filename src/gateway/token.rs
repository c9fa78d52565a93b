//! Browser tokens: what one may say, and what it must fit.

use secrecy::ExposeSecret;

use super::caller::text;
use super::fields::{Fields, Flaw};
use super::keys::Names;
use super::signing::from_outside;
use super::value::Value;
use super::{Env, misconfigured};
use crate::error::Error;
use crate::signing::Reason;
use crate::signing::host::is_origin;
use crate::signing::token::{Claims, Expected, MAX_LIFE_S, mint, verify};

/// How long a token lives where the options do not say, in seconds.
const LIFE_S: i64 = 300;
/// The most routes, or models, of one token.
const MAX_NAMES: usize = 16;

/// `aisp_mint_token()` at `now_s` seconds since the epoch.
///
/// # Errors
/// [`Error::Config`]: an argument is malformed, the key is not set or too short, or the token would be longer than 1 KiB.
pub fn mint_token(claims: &Value<'_>, options: &Value<'_>, now_s: i64, env: &Env<'_>) -> Result<String, Error> {
    const FUNCTION: &str = "aisp_mint_token";
    let mut claims = read_claims(claims).map_err(misconfigured(FUNCTION, 1, "claims"))?;
    let read = || {
        let mut fields = Fields::of(options)?;
        let names = Names::read(&mut fields)?;
        let life_s = fields.int("ttl", 1, MAX_LIFE_S)?.unwrap_or(LIFE_S);
        fields.finish()?;
        Ok((names, life_s))
    };
    let (names, life_s) = read().map_err(misconfigured(FUNCTION, 2, "options"))?;
    claims.expires_s = now_s + life_s;
    let token = mint(&claims, names.first(env)?.expose_secret().as_bytes());
    token
        .ok_or_else(|| Error::config(format!("{FUNCTION}(): Argument #1 ($claims) must make a token of at most 1 KiB")))
}

fn read_claims(value: &Value<'_>) -> Result<Claims, Flaw> {
    let mut fields = Fields::of(value)?;
    let origin = fields.string("origin")?.filter(|origin| is_origin(origin));
    let origin = origin.ok_or_else(|| {
        fields.flaw(
            "origin",
            "must be an origin as browsers send it, such as https://example.com or http://localhost:8080",
        )
    })?;
    let routes = names(&mut fields, "routes")?;
    if routes.is_empty() {
        return Err(fields.flaw("routes", "must name a route"));
    }
    let claims = Claims {
        routes,
        models: names(&mut fields, "models")?,
        origin: origin.to_owned(),
        expires_s: 0,
        epoch: fields.int("epoch", 0, i64::MAX)?.unwrap_or(0).unsigned_abs(),
        site: text(&mut fields, "site")?.to_owned(),
        sub: text(&mut fields, "sub")?.to_owned(),
    };
    fields.finish()?;
    Ok(claims)
}

fn names(fields: &mut Fields<'_, '_>, key: &'static str) -> Result<Vec<String>, Flaw> {
    let items = fields.list(key)?.unwrap_or_default();
    let names = items.iter().map(|item| item.string().map(str::to_owned)).collect::<Result<Vec<_>, _>>()?;
    let is_name = |name: &String| !name.is_empty() && !name.chars().any(char::is_control);
    if names.len() > MAX_NAMES || !names.iter().all(is_name) {
        return Err(fields.flaw(key, format!("must hold at most {MAX_NAMES} names without control characters")));
    }
    Ok(names)
}

/// `aisp_verify_token()` at `now_s` seconds since the epoch: what the token says.
///
/// # Errors
/// [`Error::Unauthorized`] for whatever is wrong with the token; [`Error::Config`] for a flaw in `$options`.
pub fn verify_token(token: &[u8], options: &Value<'_>, now_s: i64, env: &Env<'_>) -> Result<Claims, Error> {
    let read = || {
        let mut fields = Fields::of(options)?;
        let names = Names::read(&mut fields)?;
        let route = fields.string("route")?.filter(|route| !route.is_empty());
        let route = route.ok_or_else(|| fields.flaw("route", "must be given"))?;
        let origin = from_outside(&mut fields, "origin")?.and_then(|origin| std::str::from_utf8(origin).ok());
        let epoch = fields.int("epoch", 0, i64::MAX)?.unwrap_or(0).unsigned_abs();
        let site = text(&mut fields, "site")?;
        fields.finish()?;
        Ok((names, Expected { origin, route, site, epoch }))
    };
    let (names, expected) = read().map_err(misconfigured("aisp_verify_token", 2, "options"))?;
    if token.is_empty() {
        return Err(Reason::MissingHeader.into());
    }
    let token = std::str::from_utf8(token).map_err(|_| Reason::Malformed)?;
    Ok(verify(token, &names.all(env).bytes(), &expected, now_s)?)
}
