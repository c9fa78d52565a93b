# shellcheck shell=bash
# Sourced by demo.sh: who answers the demo's prompts. Each provider_* sets model, base, key_name, key and allowed.
#
# Keys go from the environment into a file of mode 0600, from there into php-fpm's environment; they are never an argument
# of a command, and never printed.

provider_name() {
  if [ -n "${OPENAI_API_KEY:-}" ]; then provider=openai
  elif [ -n "${AISP_UPSTREAM:-}" ]; then provider=upstream
  else provider=local; fi
}

provider_openai() {
  model=${AISP_MODEL:-gpt-4o-mini} base='' key_name=OPENAI_API_KEY key=$OPENAI_API_KEY allowed=''
}

provider_upstream() {
  base=${AISP_UPSTREAM%/} key=${AISP_UPSTREAM_KEY:-} key_name=${AISP_UPSTREAM_KEY:+AISP_UPSTREAM_KEY}
  # The module talks to a server that is not public, or without TLS, only where it is named with its port.
  allowed=${base#*://}; allowed=${allowed%%/*}
  case $allowed in
    *:*) ;;
    *)   if [[ $base = https:* ]]; then allowed+=:443; else allowed+=:80; fi ;;
  esac
  model=${AISP_MODEL:-$(first_model || true)}
  [ -n "$model" ] || die "$base/models lists no model; name one in AISP_MODEL"
}

provider_local() {
  "$support/model.sh" up "$dir"
  # shellcheck source=/dev/null
  . "$dir/model.env"
  model=$MODEL_NAME base=$MODEL_URL key_name=AISP_LOCAL_KEY key=$MODEL_KEY
  allowed=${base#http://}; allowed=${allowed%/v1}
}

first_model() {
  { if [ -n "$key" ]; then printf 'header = "Authorization: Bearer %s"\n' "$key"; fi; } |
    curl -sS -m 20 -K - "$base/models" |
    "$php" -r 'echo json_decode( stream_get_contents( STDIN ), true )["data"][0]["id"] ?? "";'
}

# write_pool: what php-fpm must know of the provider, in a file that only the owner reads.
write_pool() {
  case $key in *[!A-Za-z0-9._~+/=:-]*) die "$key_name holds a character that no key has" ;; esac
  {
    if [ -n "$key_name" ]; then echo "env[$key_name] = \"$key\""; fi
    if [ -n "$allowed" ]; then echo "php_admin_value[aisp.allowed_hosts] = \"$allowed\""; fi
  } | put "$dir/pool" 600 || true
}

# policy: what settings.php turns into the plugin's settings.
policy() { printf '%s\n' "$provider" "$model" "$base" "$key_name"; }
