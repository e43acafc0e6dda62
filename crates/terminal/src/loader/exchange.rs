//! `Connect-ExchangeServer`, `Get-` and `Set-ADServerSettings`.

use super::place;
use commands::declare::declare;
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, Run};
use object::{Object, Value};

/// `Connect-ExchangeServer`.
pub(super) static CONNECT_EXCHANGE_SERVER: CoreCommand = CoreCommand::new(
    "Connect-ExchangeServer",
    "ConnectExchangeServerCommand",
    || {
        declare(
            "Connect-ExchangeServer",
            "",
            "ServerFqdn string 0
             Auto switch
             ClientApplication string
             Prompt switch
             Username string
             Forest string
             AllowClobber switch",
        )
    },
    || Box::new(Connect),
);

struct Connect;

impl Command for Connect {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        // Who this is and as which program was settled when the shell connected.
        for name in ["Auto", "ClientApplication", "Prompt", "Username", "Forest", "AllowClobber"] {
            let known = call.is_given(name);
            if known && name == "Prompt" {
                call.verbose("The shell is connected already; -Prompt asks nothing.")?;
            }
        }
        let server = call.text("ServerFqdn").unwrap_or_default();
        place::check(call, &server, "Connect-ExchangeServer")?;
        call.verbose("The cmdlets of this server are loaded already.")
    }
}

/// `Get-ADServerSettings`.
pub(super) static GET_AD_SERVER_SETTINGS: CoreCommand = CoreCommand::new(
    "Get-ADServerSettings",
    "GetADServerSettingsCommand",
    || declare("Get-ADServerSettings", "", ""),
    || Box::new(GetSettings),
);

struct GetSettings;

impl Command for GetSettings {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let server = call.host().variable("COMPUTERNAME").unwrap_or_default();
        let made = Object::named(
            "Microsoft.Exchange.Data.Directory.Management.RunspaceServerSettingsPresentationObject",
        )
        .with("DefaultGlobalCatalog", server.as_str())
        .with("PreferredDomainControllerForDomain", Value::array([]))
        .with("DefaultConfigurationDomainController", server.as_str())
        .with("DefaultPreferredDomainControllers", Value::array([server.as_str().into()]))
        .with("ViewEntireForest", true);
        call.write(Value::from(made))
    }
}

/// `Set-ADServerSettings`: there is one directory, all of it is in view, and its server is this one.
pub(super) static SET_AD_SERVER_SETTINGS: CoreCommand = CoreCommand::new(
    "Set-ADServerSettings",
    "SetADServerSettingsCommand",
    || {
        declare(
            "Set-ADServerSettings",
            "FullParams SingleDC",
            "ViewEntireForest object
             PreferredServer string @SingleDC
             PreferredGlobalCatalog string @FullParams
             ConfigurationDomainController string @FullParams
             SetPreferredDomainControllers string[] @FullParams
             RecipientViewRoot string",
        )
    },
    || Box::new(SetSettings),
);

struct SetSettings;

impl Command for SetSettings {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let mut servers = call.texts("SetPreferredDomainControllers");
        for name in ["PreferredServer", "PreferredGlobalCatalog", "ConfigurationDomainController"] {
            servers.extend(call.text(name));
        }
        for server in servers {
            place::check(call, &server, "Set-ADServerSettings")?;
        }
        if let Some(root) = call.text("RecipientViewRoot").filter(|root| !root.is_empty()) {
            let message = format!(
                "The view cannot be narrowed to {root}: cmdlets here see the whole organization. Use their -OrganizationalUnit."
            );
            return Err(Exception::runtime("RecipientViewRootNotSupported", message)
                .category(Category::NotImplemented)
                .into());
        }
        let narrowed = call.value("ViewEntireForest").is_some_and(|value| !dotnet::compare::truth(value));
        if narrowed {
            call.warning("There is one domain: the entire forest stays in view.")?;
        }
        Ok(())
    }
}
