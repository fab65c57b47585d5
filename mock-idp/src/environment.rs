//! What a program needs in order to use the proxy and trust the CA: lines for a shell.

use std::net::SocketAddr;
use std::path::Path;

use crate::command_line::Program;

/// Who is never asked by way of the proxy: this machine itself.
const HERE: &str = "localhost,127.0.0.1,::1";

/// Lines for a POSIX shell; for a browser, the commands that start one with a profile of its own.
pub(crate) fn of(program: Program, proxy: SocketAddr, ca: &Path) -> String {
    let ca = quoted(&ca.display().to_string());
    let url = format!("http://{proxy}");
    let by_proxy = format!(
        "export HTTPS_PROXY={url} https_proxy={url}\nexport NO_PROXY={HERE} no_proxy={HERE}\n"
    );
    match program {
        Program::Rust | Program::Go => format!("{by_proxy}export SSL_CERT_FILE={ca}"),
        Program::Python => {
            format!("{by_proxy}export SSL_CERT_FILE={ca} REQUESTS_CA_BUNDLE={ca}")
        }
        Program::Curl => format!("{by_proxy}export CURL_CA_BUNDLE={ca}"),
        Program::Node => format!(
            "# Node 22.21 or later, or 24.5 or later\n{by_proxy}export NODE_USE_ENV_PROXY=1 NODE_EXTRA_CA_CERTS={ca}"
        ),
        Program::Java => java(proxy, &ca),
        Program::Firefox => firefox(proxy, &ca),
        Program::Chromium => chromium(&url, &ca),
    }
}

fn java(proxy: SocketAddr, ca: &str) -> String {
    let (host, port) = (proxy.ip(), proxy.port());
    format!(
        "keytool -importcert -noprompt -alias mock-idp -file {ca} -keystore mock-idp-ca.p12 \
         -storetype PKCS12 -storepass changeit\n\
         export JAVA_TOOL_OPTIONS=\"-Dhttps.proxyHost={host} -Dhttps.proxyPort={port} \
         -Dhttp.nonProxyHosts=localhost|127.*|[::1] -Djavax.net.ssl.trustStore=$PWD/mock-idp-ca.p12 \
         -Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStorePassword=changeit\""
    )
}

fn firefox(proxy: SocketAddr, ca: &str) -> String {
    let (host, port) = (proxy.ip(), proxy.port());
    format!(
        "# certutil is in libnss3-tools\n\
         profile=$(mktemp -d)\n\
         certutil -N -d sql:$profile --empty-password\n\
         certutil -A -d sql:$profile -n mock-idp -t C,, -i {ca}\n\
         cat > $profile/user.js <<'END'\n\
         user_pref(\"network.proxy.type\", 1);\n\
         user_pref(\"network.proxy.ssl\", \"{host}\");\n\
         user_pref(\"network.proxy.ssl_port\", {port});\n\
         user_pref(\"network.proxy.no_proxies_on\", \"localhost, 127.0.0.1, ::1\");\n\
         END\n\
         firefox --no-remote --profile $profile"
    )
}

fn chromium(url: &str, ca: &str) -> String {
    format!(
        "# certutil is in libnss3-tools\n\
         home=$(mktemp -d)\n\
         mkdir -p $home/.pki/nssdb\n\
         certutil -N -d sql:$home/.pki/nssdb --empty-password\n\
         certutil -A -d sql:$home/.pki/nssdb -n mock-idp -t C,, -i {ca}\n\
         HOME=$home chromium --user-data-dir=$home/profile --proxy-server=https={url}"
    )
}

/// As one word of a shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn everybody_is_told_of_the_proxy_and_of_the_ca() {
        let proxy = SocketAddr::from(([127, 0, 0, 1], 9080));
        for program in Program::value_variants() {
            let lines = of(*program, proxy, Path::new("/tmp/it's/ca.pem"));
            assert!(lines.contains("9080"), "{program:?}: {lines}");
            assert!(
                lines.contains(r"'/tmp/it'\''s/ca.pem'"),
                "{program:?}: {lines}"
            );
            let is_here_left_alone = lines.contains("localhost") || *program == Program::Chromium;
            assert!(is_here_left_alone, "{program:?}: {lines}");
        }
    }
}
