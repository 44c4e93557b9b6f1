"""The shapes of keys and tokens that providers hand out: one table, each entry with where the shape is known from.

``anchors`` are literals, one of which stands in every key: a text without any is not looked at. ``pattern`` is a
regular expression of the whole key, or of a key in its surroundings whose group 1 is the key. ``proof`` names the test
of :mod:`ftprep.privacy.secret_proofs` that tells a key from what only looks like one; a number is the least entropy of
the random part in bits per character. ``source`` is the page that documents prefix or length, or "in use" where a
provider documents only the prefix and the length is that of keys in public code.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple


class Shape(NamedTuple):
    """Keys of one kind of one provider. ``test`` keys open nothing but a sandbox."""

    name: str
    anchors: tuple[str, ...]
    pattern: str
    proof: str | float
    source: str
    test: bool = False


_WORD = "[A-Za-z0-9]"
_URL = "[A-Za-z0-9_-]"
_HEX = "[0-9a-f]"
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

SHAPES: tuple[Shape, ...] = (
    # --- models -----------------------------------------------------------------------------------------------------
    Shape(
        "OpenAI API key",
        ("T3BlbkFJ",),  # "OpenAI" in base64, in the middle of every key
        rf"sk-(?:(?:proj|svcacct|admin|None)-)?{_URL}{{20,100}}T3BlbkFJ{_URL}{{20,100}}",
        3.0,
        "platform.openai.com/docs/api-reference/authentication; the middle: in use",
    ),
    Shape("Anthropic API key", ("sk-ant-",), rf"sk-ant-[a-z]{{3,8}}\d\d-{_URL}{{80,120}}", 3.5, "docs.anthropic.com"),
    Shape("OpenRouter API key", ("sk-or-v1-",), rf"sk-or-v1-{_HEX}{{64}}", 3.0, "openrouter.ai/docs"),
    Shape(
        "API key of the OpenAI form",
        ("sk-",),
        rf"sk-(?:{_HEX}{{32}}|{_WORD}{{48}})",
        3.2,
        "in use: DeepSeek, Moonshot, Stability",
    ),
    Shape("Langfuse secret key", ("sk-lf-",), rf"sk-lf-{_UUID}", 3.0, "langfuse.com/docs"),
    Shape("Groq API key", ("gsk_",), rf"gsk_{_WORD}{{52}}", 3.5, "console.groq.com/docs; length: in use"),
    Shape("xAI API key", ("xai-",), rf"xai-{_WORD}{{80}}", 3.5, "docs.x.ai; length: in use"),
    Shape("Perplexity API key", ("pplx-",), rf"pplx-{_WORD}{{48}}", 3.5, "docs.perplexity.ai; length: in use"),
    Shape("Replicate API token", ("r8_",), rf"r8_{_WORD}{{37}}", 3.5, "replicate.com/docs/topics/security/api-tokens"),
    Shape(
        "Hugging Face access token",
        ("hf_", "api_org_"),
        r"(?:hf|api_org)_[A-Za-z]{34}",
        3.5,
        "huggingface.co/docs/hub/security-tokens; length: in use",
    ),
    Shape("NVIDIA API key", ("nvapi-",), rf"nvapi-{_URL}{{64}}", 3.5, "docs.nvidia.com/ngc; length: in use"),
    Shape("Cerebras API key", ("csk-",), r"csk-[a-z0-9]{48}", 3.2, "inference-docs.cerebras.ai; length: in use"),
    Shape("LangSmith API key", ("lsv2_",), rf"lsv2_(?:pt|sk)_{_HEX}{{32}}_{_HEX}{{10}}", 3.0, "docs.smith.langchain.com"),
    Shape("Pinecone API key", ("pcsk_",), rf"pcsk_{_WORD}{{5,7}}_{_WORD}{{60,66}}", 3.5, "docs.pinecone.io; length: in use"),
    Shape("Tavily API key", ("tvly-",), rf"tvly-(?:dev-|prod-)?{_WORD}{{32}}", 3.5, "docs.tavily.com; length: in use"),
    Shape("ElevenLabs API key", ("levenLabs", "levenlabs", "ELEVEN", "xi-api-key"), rf"sk_{_HEX}{{48}}", 3.0, "in use"),
    # --- clouds -----------------------------------------------------------------------------------------------------
    Shape(
        "AWS access key id",
        ("AKIA", "ASIA", "ABIA", "ACCA"),
        r"(?<![+/=-])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![+/=])",
        3.0,
        "docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
    ),
    Shape(
        "AWS secret access key",
        ("ecret_access_key", "ecretAccessKey", "SECRET_ACCESS_KEY", "ecret-access-key", "ecret access key", "AWS_SECRET_KEY"),
        r"(?:(?i:secret[_ -]?access[_ -]?key)|AWS_SECRET_KEY)[\"'`\\]{0,4}\s{0,3}(?:is|[:=]>?|,)?\s{0,3}"
        r"[\"'`\\]{0,4}([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        4.0,
        "docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
    ),
    Shape("Amazon Bedrock API key", ("ABSK",), r"ABSK[A-Za-z0-9+/]{109,269}={0,2}", 3.5, "docs.aws.amazon.com/bedrock"),
    Shape("Amazon MWS token", ("amzn.mws.",), rf"amzn\.mws\.{_UUID}", 3.0, "developer-docs.amazon.com; shape: in use"),
    Shape("Google API key", ("AIza",), rf"AIza{_URL}{{35}}(?!-)", 3.5, "cloud.google.com/docs/authentication/api-keys"),
    Shape("Google OAuth client secret", ("GOCSPX-",), rf"GOCSPX-{_URL}{{28}}(?!-)", 3.3, "in use"),
    Shape("Google OAuth access token", ("ya29.",), rf"ya29\.{_URL}{{60,2048}}", 3.5, "developers.google.com/identity"),
    Shape("Google OAuth refresh token", ("1//0",), rf"1//0{_URL}{{60,512}}", 3.5, "developers.google.com/identity"),
    Shape(
        "Azure storage or Cosmos DB key",
        ("AccountKey=",),
        r"AccountKey=([A-Za-z0-9+/]{86}==)",
        4.0,
        "learn.microsoft.com/azure/storage/common/storage-configure-connection-string",
    ),
    Shape(
        "Azure shared access key",
        ("SharedAccessKey=",),
        r"SharedAccessKey=([A-Za-z0-9+/]{43}=)",
        3.5,
        "learn.microsoft.com/azure/service-bus-messaging/service-bus-sas",
    ),
    Shape(
        "Azure shared access signature",
        ("sig=",),
        r"[?&]sig=([A-Za-z0-9%]{43,63}%3[dD])",
        3.5,
        "learn.microsoft.com/rest/api/storageservices/create-service-sas",
    ),
    Shape("Azure AD client secret", ("Q~",), r"[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}", 3.5, "in use"),
    Shape(
        "DigitalOcean token",
        ("dop_v1_", "doo_v1_", "dor_v1_"),
        rf"do[opr]_v1_{_HEX}{{64}}",
        3.0,
        "docs.digitalocean.com/reference/api",
    ),
    Shape("Alibaba Cloud access key id", ("LTAI",), rf"LTAI{_WORD}{{20}}", 3.3, "alibabacloud.com/help/ram; length: in use"),
    Shape("Tencent Cloud secret id", ("AKID",), rf"AKID{_WORD}{{32}}", 3.5, "cloud.tencent.com/document/api; length: in use"),
    Shape("Cloudflare API credential", ("cfk_", "cfut_", "cfat_"), rf"cf(?:k|ut|at)_{_WORD}{{40}}{_HEX}{{8}}", 3.5,
          "developers.cloudflare.com/fundamentals/api/get-started/token-formats"),
    Shape("Fly.io access token", ("fo1_", "FlyV1 fm"), rf"(?:fo1_{_URL}{{43}}|FlyV1 fm[12]_[A-Za-z0-9+/=_,-]{{60,2000}})", 3.5, "fly.io/docs/security/tokens"),
    Shape("Heroku API key", ("HRKU-",), rf"HRKU-(?:AA{_URL}{{58}}|{_UUID})", 3.0, "devcenter.heroku.com; length: in use"),
    Shape("Netlify access token", ("nfp_",), rf"nfp_{_WORD}{{36}}", 3.3, "docs.netlify.com; length: in use"),
    # --- code and its delivery ----------------------------------------------------------------------------------------
    Shape(
        "GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        rf"gh[pousr]_{_WORD}{{36}}",
        "crc32",
        "github.blog/2021-04-05-behind-githubs-new-authentication-token-formats",
    ),
    Shape(
        "GitHub fine-grained token",
        ("github_pat_",),
        rf"github_pat_{_WORD}{{22}}_{_WORD}{{59}}",
        3.5,
        "docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github",
    ),
    Shape(
        "GitLab token",
        ("glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "glft-", "glimt-", "glagent-", "glsoat-", "gloas-", "glffct-", "glrtr-"),
        rf"gl(?:pat|dt|rt|rtr|ptt|cbt|ft|imt|agent|soat|oas|ffct)-{_URL}{{20,300}}(?:\.[0-9a-z]{{2}}\.?[0-9a-z]{{7}})?",
        3.0,
        "docs.gitlab.com/security/tokens/#token-prefixes",
    ),
    Shape("npm access token", ("npm_",), rf"npm_{_WORD}{{36}}", "crc32", "github.blog/2021-09-23-announcing-npms-new-access-token-format"),
    Shape(
        "PyPI upload token",
        ("pypi-AgE",),
        rf"pypi-{_URL}{{60,1000}}",
        "macaroon",
        "pypi.org/help/#apitoken; docs.pypi.org/api/secrets",
    ),
    Shape("RubyGems API key", ("rubygems_",), rf"rubygems_{_HEX}{{48}}", 3.0, "guides.rubygems.org/api-key-scopes"),
    Shape("NuGet API key", ("oy2",), r"oy2[a-z0-9]{43}", 3.5, "learn.microsoft.com/nuget; length: in use"),
    Shape("Docker Hub token", ("dckr_pat_", "dckr_oat_"), rf"dckr_[po]at_{_URL}{{27,32}}", 3.3, "docs.docker.com/security; length: in use"),
    Shape("CircleCI token", ("CCIPAT_", "CCIPRJ_"), rf"CCIP(?:AT|RJ)_{_WORD}{{22}}_{_HEX}{{40}}", 3.5, "circleci.com/docs; length: in use"),
    Shape("Buildkite token", ("bkua_",), rf"bkua_{_HEX}{{40}}", 3.0, "buildkite.com/docs/apis/managing-api-tokens"),
    Shape("SonarQube token", ("squ_", "sqp_", "sqa_"), rf"sq[upa]_{_HEX}{{40}}", 3.0, "docs.sonarsource.com"),
    Shape("JFrog reference token", ("cmVmdGtu",), rf"cmVmdGtu{_WORD}{{56}}", 3.5, "jfrog.com/help; base64 of reftkn"),
    Shape("JFrog API key", ("AKCp",), rf"AKCp{_WORD}{{69}}", 3.5, "jfrog.com/help; length: in use"),
    Shape("Pulumi access token", ("pul-",), rf"pul-{_HEX}{{40}}", 3.0, "pulumi.com/docs; length: in use"),
    Shape("Terraform Cloud token", (".atlasv1.",), rf"{_WORD}{{14}}\.atlasv1\.{_URL}{{60,70}}", 3.5, "developer.hashicorp.com/terraform/cloud-docs"),
    Shape("Vault token", ("hvs.", "hvb.", "hvr."), rf"hv[sbr]\.{_URL}{{24,300}}", 3.5, "developer.hashicorp.com/vault/docs/concepts/tokens"),
    Shape("Doppler token", ("dp.pt.", "dp.st.", "dp.ct.", "dp.sa.", "dp.scim.", "dp.audit."),
          rf"dp\.(?:pt|ct|sa|scim|audit|st(?:\.[a-z0-9_-]{{2,35}})?)\.{_WORD}{{40,44}}", 3.5, "docs.doppler.com/reference/auth-token-formats"),
    Shape("age secret key", ("AGE-SECRET-KEY-1",), r"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}", "bech32", "age-encryption.org/v1"),
    Shape("1Password service account token", ("ops_eyJ",), rf"ops_eyJ{_URL}{{200,2000}}={{0,2}}", 3.5, "developer.1password.com/docs/service-accounts"),
    Shape("Tailscale key", ("tskey-",), rf"tskey-(?:auth|api|client|scim|webhook)-{_WORD}{{8,24}}-{_WORD}{{20,40}}", 3.0, "tailscale.com/kb/1085/auth-keys"),
    # --- observation ------------------------------------------------------------------------------------------------
    Shape("Grafana token", ("glsa_", "glc_eyJ"), rf"(?:glsa_{_WORD}{{32}}_{_HEX}{{8}}|glc_eyJ[A-Za-z0-9+/]{{60,400}}={{0,2}})", 3.5, "grafana.com/docs/grafana/latest/administration/service-accounts"),
    Shape("New Relic key", ("NRAK-", "NRII-", "NRJS-", "NRAL"), rf"(?:NRAK-[A-Z0-9]{{27}}|NRII-{_URL}{{32}}|NRJS-{_HEX}{{19}}|(?:eu01xx)?{_HEX}{{30,36}}NRAL)", 3.0, "docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys"),
    Shape("Sentry token", ("sntrys_eyJ", "sntryu_"), rf"(?:sntrys_eyJ[A-Za-z0-9+/=]{{40,400}}_[A-Za-z0-9+/]{{43}}|sntryu_{_HEX}{{64}})", 3.0, "docs.sentry.io/account/auth-tokens"),
    Shape("Dynatrace token", ("dt0",), r"dt0[a-z]\d\d\.[A-Z2-7]{24}\.[A-Z2-7]{64}", 3.5, "docs.dynatrace.com: token format"),
    # --- messages ---------------------------------------------------------------------------------------------------
    Shape("Slack token", ("xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxo-", "xoxe", "xapp-"),
          rf"(?:xox[baprso]-\d{{9,14}}-{_URL}{{20,200}}|xoxe(?:\.xox[bp])?-\d-{_URL}{{100,250}}|xapp-\d-[A-Z0-9]{{9,14}}-\d{{9,14}}-{_HEX}{{64}})", 3.0, "api.slack.com/concepts/token-types"),
    Shape("Slack webhook", ("hooks.slack.com/",), rf"hooks\.slack\.com/(?:services/T[A-Z0-9]{{8,12}}/B[A-Z0-9]{{8,12}}|workflows/T[A-Z0-9]{{8,12}}/A[A-Z0-9]{{8,12}}/\d{{16,20}})/({_WORD}{{24}})", 3.3, "api.slack.com/messaging/webhooks"),
    Shape("Discord webhook", ("/api/webhooks/",), rf"discord(?:app)?\.com/api/webhooks/\d{{17,20}}/({_URL}{{60,72}})", 3.5, "discord.com/developers/docs/resources/webhook"),
    Shape("Discord bot token", ("iscord", "DISCORD", "bot.run(", "client.login(", "client.run("), rf"[MNO][A-Za-z0-9]{{22,27}}\.{_URL}{{6}}\.{_URL}{{27,40}}", "discord", "discord.com/developers/docs/reference#authentication"),
    Shape("Telegram bot token", (":AA",), rf"\d{{8,10}}:AA{_URL}{{33}}(?!-)", 3.5, "core.telegram.org/bots/api#authorizing-your-bot"),
    Shape("SendGrid API key", ("SG.",), rf"SG\.{_URL}{{22}}\.{_URL}{{43}}(?!-)", 3.5, "docs.sendgrid.com/ui/account-and-settings/api-keys"),
    Shape("Twilio API key", ("wilio", "TWILIO"), rf"SK{_HEX}{{32}}", 3.0, "twilio.com/docs/glossary/what-is-a-sid"),
    Shape("Mailgun API key", ("key-",), rf"key-{_HEX}{{32}}", 3.0, "documentation.mailgun.com"),
    Shape("Mailchimp API key", tuple(f"-us{digit}" for digit in range(1, 10)), rf"{_HEX}{{32}}-us\d{{1,2}}", 3.0, "mailchimp.com/developer"),
    Shape("Brevo API key", ("xkeysib-", "xsmtpsib-"), rf"x(?:key|smtp)sib-{_HEX}{{64}}-{_WORD}{{16}}", 3.0, "developers.brevo.com"),
    Shape("Intercom access token", ("dG9rO",), r"dG9rO[A-Za-z0-9+/]{54,60}={0,2}", "intercom", "developers.intercom.com; base64 of tok:"),
    # --- payment ----------------------------------------------------------------------------------------------------
    Shape("Stripe live key", ("sk_live_", "rk_live_"), rf"[sr]k_live_{_WORD}{{16,128}}", 3.0, "docs.stripe.com/keys"),
    Shape("Stripe test key", ("sk_test_", "rk_test_"), rf"[sr]k_test_{_WORD}{{16,128}}", 3.0, "docs.stripe.com/keys", True),
    Shape("Stripe webhook secret", ("whsec_",), r"whsec_[A-Za-z0-9+/]{32,64}={0,2}", 3.5, "docs.stripe.com/webhooks"),
    Shape("Square token", ("sq0atp-", "sq0csp-", "EAAA"), rf"(?:sq0atp-{_URL}{{22}}|sq0csp-{_URL}{{43}}|EAAA{_URL}{{60}})", 3.3, "developer.squareup.com/docs"),
    Shape("PayPal Braintree access token", ("access_token$",), rf"access_token\$production\$[0-9a-z]{{16}}\${_HEX}{{32}}", 3.0, "developer.paypal.com/braintree/docs"),
    Shape("Razorpay key id", ("rzp_live_",), rf"rzp_live_{_WORD}{{14}}", 3.0, "razorpay.com/docs/api/authentication"),
    Shape("Flutterwave secret key", ("FLWSECK-",), rf"FLWSECK-{_HEX}{{32}}(?:-[0-9a-z]{{11,14}})?-X", 3.0, "developer.flutterwave.com/docs/authentication"),
    Shape("Plaid access token", ("access-production-", "access-development-"), rf"access-(?:production|development)-{_UUID}", 3.0, "plaid.com/docs/api/tokens"),
    # --- shops, documents, data -------------------------------------------------------------------------------------
    Shape("Shopify token", ("shpat_", "shpca_", "shppa_", "shpss_"), r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}", 3.0, "shopify.dev/changelog/length-of-the-shopify-access-token-is-increasing"),
    Shape("Databricks token", ("dapi",), rf"dapi{_HEX}{{32}}(?:-\d)?", 3.0, "docs.databricks.com/dev-tools/auth/pat; length: in use"),
    Shape("Postman API key", ("PMAK-",), rf"PMAK-{_HEX}{{24}}-{_HEX}{{34}}", 3.0, "learning.postman.com/docs/developer/postman-api"),
    Shape("Notion token", ("secret_", "ntn_"), rf"(?:secret_{_WORD}{{43}}|ntn_\d{{11}}{_WORD}{{35}})", 3.8, "developers.notion.com; prefix ntn_ since 2024-09"),
    Shape("Linear key", ("lin_api_", "lin_oauth_"), rf"(?:lin_api_{_WORD}{{40}}|lin_oauth_{_HEX}{{64}})", 3.0, "developers.linear.app/docs"),
    Shape("Atlassian API token", ("ATATT3", "ATCTT3", "ATBB"), rf"(?:AT[AC]TT3[A-Za-z0-9_=-]{{160,400}}=[0-9A-F]{{8}}|ATBB{_WORD}{{24}}[0-9A-F]{{8}})", 3.5, "support.atlassian.com; length: in use"),
    Shape("Figma token", ("figd_",), rf"figd_{_URL}{{40}}", 3.5, "developers.figma.com; length: in use"),
    Shape("Airtable token", ("irtable", "AIRTABLE"), rf"pat{_WORD}{{14}}\.{_HEX}{{64}}", 3.0, "airtable.com/developers/web/guides/personal-access-tokens"),
    Shape("PlanetScale token", ("pscale_",), r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_=.-]{32,64}", 3.5, "planetscale.com/docs/concepts/service-tokens"),
    Shape("Supabase key", ("sbp_", "sb_secret_"), rf"(?:sbp_{_HEX}{{40}}|sb_secret_{_URL}{{22}}_{_URL}{{8}})", 3.0, "supabase.com/docs/guides/api/api-keys"),
    Shape("Contentful token", ("CFPAT-",), rf"CFPAT-{_URL}{{43}}", 3.5, "contentful.com/developers/docs"),
    Shape("Mapbox secret token", ("sk.eyJ",), rf"sk\.(eyJ{_URL}{{40,200}}\.{_URL}{{16,30}})", "mapbox", "docs.mapbox.com/help/getting-started/access-tokens"),
    Shape("Dropbox token", ("sl.",), rf"sl\.(?:u\.)?[A-Za-z0-9_-]{{120,1500}}", 3.8, "developers.dropbox.com/oauth-guide; length: in use"),
    Shape("Facebook access token", ("EAA",), r"EAA[A-Za-z0-9]{90,400}", 3.8, "developers.facebook.com/docs/facebook-login; length: in use"),
    Shape("Adafruit IO key", ("aio_",), r"aio_[A-Za-z]{4}\d{2}[A-Za-z0-9]{22}", 3.3, "io.adafruit.com/api/docs"),
    Shape("Prefect API key", ("pnu_", "pnb_"), rf"pn[ub]_{_WORD}{{36}}", 3.5, "docs.prefect.io; length: in use"),
    Shape("ReadMe API key", ("rdme_",), r"rdme_[a-z0-9]{70}", 3.5, "docs.readme.com; length: in use"),
    Shape("Typeform token", ("tfp_",), r"tfp_[A-Za-z0-9_.-]{59}", 3.5, "typeform.com/developers/get-started/personal-access-token"),
    Shape("EasyPost API key", ("EZAK",), rf"EZAK{_WORD}{{54}}", 3.5, "docs.easypost.com/docs/authentication"),
    Shape("Duffel live token", ("duffel_live_",), rf"duffel_live_{_URL}{{43}}", 3.5, "duffel.com/docs"),
)

ANCHORS: tuple[str, ...] = tuple(dict.fromkeys(anchor for shape in SHAPES for anchor in shape.anchors))


@functools.cache
def compiled(shape: Shape) -> re.Pattern[str]:
    """The pattern of a shape. No letter or digit may touch the key; of a key in its surroundings, the end."""
    pattern = re.compile(rf"(?:{shape.pattern})(?![A-Za-z0-9_])")
    return pattern if pattern.groups else re.compile(rf"(?<![A-Za-z0-9_]){pattern.pattern}")
