//! `ForEach-Object`: runs a block for each object, or reads or calls one of its members.

use crate::declare::declare_changing;
use dotnet::{Category, Exception, index, member};
use language::{Call, Command, CoreCommand, Here, Run};
use object::Value;

/// `ForEach-Object`.
pub(crate) static FOR_EACH_OBJECT: CoreCommand = CoreCommand::new(
    "ForEach-Object",
    "ForEachObjectCommand",
    || {
        declare_changing(
            "ForEach-Object",
            "ScriptBlockSet PropertyAndMethodSet ParallelParameterSet",
            "InputObject object |
             Begin block @ScriptBlockSet
             Process block[] @ScriptBlockSet 0 !
             End block @ScriptBlockSet
             RemainingScripts block[] @ScriptBlockSet *
             MemberName string @PropertyAndMethodSet 0 !
             ArgumentList object[] @PropertyAndMethodSet * =Args
             Parallel block @ParallelParameterSet !
             ThrottleLimit int @ParallelParameterSet
             TimeoutSeconds int @ParallelParameterSet
             UseNewRunspace switch @ParallelParameterSet",
        )
    },
    || Box::new(Walk::default()),
);

#[derive(Default)]
struct Walk {
    process: Vec<Here>,
    end: Option<Here>,
    /// The block of `-Parallel`.
    apart: Option<Value>,
}

impl Command for Walk {
    fn begin(&mut self, call: &mut Call<'_>) -> Run {
        if let Some(block) = call.value("Parallel").cloned() {
            // One after the other, so a limit of how many run at once holds whatever it is, and no run space is shared.
            call.number("ThrottleLimit");
            call.flag("UseNewRunspace");
            if call.number("TimeoutSeconds").is_some_and(|seconds| seconds > 0) {
                let message = "-TimeoutSeconds is not built yet: the blocks run one after the other.";
                let error = Exception::new("System.NotSupportedException", message).id("TimeoutNotSupported");
                return Err(error.category(Category::NotImplemented).into());
            }
            self.apart = Some(block);
            return Ok(());
        }
        let mut blocks = call.value("Process").map(Value::items).unwrap_or_default();
        blocks.extend(call.value("RemainingScripts").map(Value::items).unwrap_or_default());
        let mut begin = call.value("Begin").cloned();
        let mut end = call.value("End").cloned();
        // Two blocks are begin and process, three or more begin, process …, end.
        if begin.is_none() && blocks.len() > 1 {
            begin = Some(blocks.remove(0));
        }
        if end.is_none() && blocks.len() > 1 {
            end = blocks.pop();
        }
        for block in blocks.iter().filter(|block| !block.is_null()) {
            self.process.push(call.here(block)?);
        }
        if let Some(block) = end.filter(|block| !block.is_null()) {
            self.end = Some(call.here(&block)?);
        }
        if let Some(block) = begin.filter(|block| !block.is_null()) {
            let begin = call.here(&block)?;
            call.stream_here(&begin, None)?;
        }
        Ok(())
    }
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let input = input.or_else(|| call.value("InputObject").cloned());
        if call.set() == "PropertyAndMethodSet" {
            return match input {
                Some(input) => member_of(call, &input),
                None => Ok(()),
            };
        }
        if input.is_none() && call.is_piped() {
            return Ok(());
        }
        if let Some(block) = &self.apart {
            let (result, written) = call.run_apart_for(block, input.unwrap_or_default());
            written.into_iter().try_for_each(|value| call.write(value))?;
            return result;
        }
        let input = Some(input.unwrap_or_default());
        for block in &self.process {
            call.stream_here(block, input.as_ref())?;
        }
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        match &self.end {
            Some(block) => call.stream_here(block, None),
            None => Ok(()),
        }
    }
}

fn member_of(call: &mut Call<'_>, input: &Value) -> Run {
    let name = call.text("MemberName").unwrap_or_default();
    let arguments = call.value("ArgumentList").map(Value::items).unwrap_or_default();
    if input.is_null() {
        let error = Exception::new(
            "System.Management.Automation.PSArgumentException",
            "Value cannot be null. (Parameter 'InputObject')",
        );
        return call.error(language::ErrorRecord::new(
            error.id("InputObjectIsNull").category(Category::InvalidArgument),
        ));
    }
    if arguments.is_empty() {
        if let Some(pattern) = dotnet::wildcard::has_wildcards(&name)
            .then(|| dotnet::wildcard::Wildcard::new(&name).ok())
            .flatten()
        {
            let mut fitting: Vec<String> = members(input);
            fitting.retain(|known| pattern.matches(known));
            match fitting.as_slice() {
                [] => {}
                [found] => return by_name(call, input, found),
                several => return call.error(ambiguous(input, &name, several)),
            }
        }
        if let Some(held) = member::own(call.session(), input, &name)? {
            return call.write_all(held);
        }
    }
    by_call(call, input, &name, &arguments)
}

/// The names of all members of a value.
fn members(input: &Value) -> Vec<String> {
    let mut names: Vec<String> =
        member::members_of(input, false).into_iter().map(|info| info.name.to_string()).collect();
    names.sort();
    names.dedup();
    names
}

fn ambiguous(input: &Value, name: &str, several: &[String]) -> language::ErrorRecord {
    let message = format!(
        "Input name \"{name}\" is ambiguous. It can be resolved to multiple matched members. Possible matches include: {}.",
        several.join(" ")
    );
    let error = Exception::new("System.Management.Automation.PSArgumentException", message)
        .id("AmbiguousPropertyOrMethodName")
        .category(Category::InvalidArgument);
    language::ErrorRecord::new(error).with_target(object::Object::around(input.clone()).into())
}

fn by_name(call: &mut Call<'_>, input: &Value, name: &str) -> Run {
    match member::own(call.session(), input, name)? {
        Some(held) => call.write_all(held),
        None => by_call(call, input, name, &[]),
    }
}

fn by_call(call: &mut Call<'_>, input: &Value, name: &str, arguments: &[Value]) -> Run {
    match member::invoke(call.session(), input, name, arguments.to_vec()) {
        Ok(Some(answer)) => call.write_all(answer),
        Ok(None) => Ok(()),
        Err(error) if error.error_id() == "MethodNotFound" && arguments.is_empty() => {
            if index::elements(input).is_some() {
                let held = member::get(call.session(), input, name)?;
                return call.write_all(held);
            }
            Ok(())
        }
        Err(error) => call.error(language::ErrorRecord::new(error)),
    }
}
