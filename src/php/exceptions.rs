//! The classes of what goes wrong: `Aisp\Exception` and one subclass a kind, with slug, status, retry-after and limits; of
//! a block also the categories.

use ext_php_rs::args::ArgInfoTables;
use ext_php_rs::builders::{ClassBuilder, ClassProperty, FunctionBuilder};
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::Result;
use ext_php_rs::exception::PhpException;
use ext_php_rs::flags::{DataType, MethodFlags, PropertyFlags};
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData};
use parking_lot::Mutex;

use super::array::limits;
use super::zend;
use super::zval::{list, scalar};
use crate::error::{Error, Kind};

/// A class entry that Zend keeps for the life of the process.
#[derive(Clone, Copy)]
struct Class(&'static ClassEntry);

// SAFETY: an internal class is written when the module starts, before there is a second thread, and only read after that.
unsafe impl Send for Class {}

/// The base class, then [`Kind::ALL`].
static CLASSES: Mutex<Vec<Class>> = Mutex::new(Vec::new());

const BASE: &str = "Aisp\\Exception";

/// Registers the classes. Only from MINIT.
pub fn register() -> Result<()> {
    CLASSES.lock().clear();
    let base = ClassBuilder::new(BASE)
        .extends((zend::runtime_exception, "\\RuntimeException"))
        .property(property("slug", || interned("error")))
        .property(property("status", || 500_i64.into_zval(true)))
        .property(property("retryAfter", || Ok(Zval::null())))
        .property(property("limits", || Ok(Zval::null())))
        .method(getter("getSlug", get_slug, DataType::String, false), MethodFlags::Public)
        .method(getter("getStatus", get_status, DataType::Long, false), MethodFlags::Public)
        .method(getter("getRetryAfter", get_retry_after, DataType::Long, true), MethodFlags::Public)
        .method(getter("getLimits", get_limits, DataType::Array, false), MethodFlags::Public);
    base.registration(keep).register()?;
    for kind in Kind::ALL {
        let mut class = ClassBuilder::new(format!("Aisp\\{}", kind.class()))
            .extends((base_class, "\\Aisp\\Exception"))
            .property(property("slug", move || interned(kind.slug())))
            .property(property("status", move || i64::from(kind.status()).into_zval(true)));
        if kind == Kind::Blocked {
            class = class
                .property(property("categories", || Ok(Zval::null())))
                .method(getter("getCategories", get_categories, DataType::Array, false), MethodFlags::Public);
        }
        class.registration(keep).register()?;
    }
    Ok(())
}

/// Throws an error as an instance of its class.
pub fn throw(error: &Error) {
    let class = {
        let classes = CLASSES.lock();
        classes.get(1 + error.kind() as usize).copied()
    };
    let Some(Class(class)) = class else { return };
    let mut object = ZendObject::new(class);
    zend::set_property(class, &mut object, c"message", error.to_string().into_zval(false).unwrap_or_default());
    zend::set_property(class, &mut object, c"slug", error.kind().slug().into_zval(false).unwrap_or_default());
    zend::set_property(class, &mut object, c"status", i64::from(error.status()).into_zval(false).unwrap_or_default());
    if let Some(seconds) = error.retry_after_s() {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        zend::set_property(class, &mut object, c"retryAfter", seconds.into_zval(false).unwrap_or_default());
    }
    zend::set_property(class, &mut object, c"limits", limits(error.limits()));
    if error.kind() == Kind::Blocked {
        zend::set_property(class, &mut object, c"categories", categories(error));
    }
    if let Ok(object) = object.into_zval(false) {
        PhpException::new(String::new(), 0, class).with_object(object).throw();
    }
}

/// The categories of a block, as a list of strings.
pub fn categories(error: &Error) -> Zval {
    list(error.categories().iter().map(|name| scalar(name.as_str())))
}

fn base_class() -> &'static ClassEntry {
    CLASSES.lock().first().map_or_else(zend::runtime_exception, |class| class.0)
}

/// Keeps a class that Zend has registered. Zend borrows the argument tables for the life of the process.
fn keep(class: &'static mut ClassEntry, arguments: ArgInfoTables) {
    CLASSES.lock().push(Class(class));
    Box::leak(arguments);
}

fn interned(text: &str) -> Result<Zval> {
    let mut zval = Zval::new();
    zval.set_interned_string(text, true)?;
    Ok(zval)
}

fn property(name: &str, default: impl FnOnce() -> Result<Zval> + 'static) -> ClassProperty {
    ClassProperty {
        name: name.to_owned(),
        flags: PropertyFlags::Protected,
        default: Some(Box::new(default)),
        docs: &[],
        ty: None,
        nullable: false,
        readonly: false,
        default_stub: None,
    }
}

type Handler = extern "C" fn(&mut ExecuteData, &mut Zval);

fn getter(name: &str, handler: Handler, returns: DataType, nullable: bool) -> FunctionBuilder<'static> {
    FunctionBuilder::new(name, handler).returns(returns, false, nullable)
}

/// Reads a property of `$this`.
fn get(data: &mut ExecuteData, name: &str, result: &mut Zval) {
    if data.parser().parse().is_err() {
        return;
    }
    if let Some(value) = data.get_self().and_then(|this| this.get_property::<&Zval>(name).ok().map(Zval::shallow_clone))
    {
        *result = value;
    }
}

extern "C" fn get_slug(data: &mut ExecuteData, result: &mut Zval) {
    get(data, "slug", result);
}

extern "C" fn get_status(data: &mut ExecuteData, result: &mut Zval) {
    get(data, "status", result);
}

extern "C" fn get_retry_after(data: &mut ExecuteData, result: &mut Zval) {
    get(data, "retryAfter", result);
}

extern "C" fn get_limits(data: &mut ExecuteData, result: &mut Zval) {
    get(data, "limits", result);
    if !result.is_array() {
        *result = limits(&[]);
    }
}

extern "C" fn get_categories(data: &mut ExecuteData, result: &mut Zval) {
    get(data, "categories", result);
    if !result.is_array() {
        *result = list([]);
    }
}
