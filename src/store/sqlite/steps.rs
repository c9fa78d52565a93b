//! The tables, as they came one after the other.

/// What leads from each version to the next. A step that was released is never changed.
pub(super) const STEPS: [&str; 10] = [
    "
    CREATE TABLE rate (
        key TEXT NOT NULL PRIMARY KEY,      -- store::Limit::key
        tat INTEGER NOT NULL                -- guard::rate: microseconds since the epoch
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE spool (
        uid BLOB NOT NULL PRIMARY KEY,      -- a UUIDv7's 16 bytes
        ready_us INTEGER NOT NULL,          -- 0: final; else what is left of a call that is not settled by then
        site TEXT NOT NULL,
        record TEXT NOT NULL                -- audit::Record as JSON
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE counter (
        minute INTEGER NOT NULL,            -- since the epoch
        site TEXT NOT NULL,
        model TEXT NOT NULL,
        provider TEXT NOT NULL,
        route TEXT NOT NULL,
        outcome TEXT NOT NULL,              -- audit::Record::outcome
        calls INTEGER NOT NULL,
        tokens_in INTEGER NOT NULL,
        tokens_out INTEGER NOT NULL,
        cost_microusd INTEGER NOT NULL,
        duration_ms INTEGER NOT NULL,
        PRIMARY KEY (minute, site, model, provider, route, outcome)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE cache (
        id INTEGER PRIMARY KEY,             -- grows with time
        hash BLOB NOT NULL UNIQUE,
        site TEXT NOT NULL,
        model TEXT NOT NULL,
        provider TEXT NOT NULL,
        stored_us INTEGER NOT NULL,
        expires_us INTEGER NOT NULL,
        bytes INTEGER NOT NULL,             -- what counts towards the bound
        tags TEXT NOT NULL,                 -- as JSON, to find the rows of cache_tag again
        body BLOB NOT NULL
    ) STRICT;
    CREATE TABLE cache_tag (
        tag TEXT NOT NULL,
        entry INTEGER NOT NULL,             -- cache.id
        PRIMARY KEY (tag, entry)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE state (                    -- integers of the file as a whole
        name TEXT NOT NULL PRIMARY KEY,
        value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE mark (                     -- how far a sweep has come
        name TEXT NOT NULL PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO state (name, value) VALUES ('cache_bytes', 0), ('cache_entries', 0), ('checkpoints', 0);
",
    "
    CREATE TABLE breaker (
        key TEXT NOT NULL PRIMARY KEY,      -- store::breaker_key
        heard_us INTEGER NOT NULL,          -- when a call of the provider last ended
        state TEXT NOT NULL                 -- guard::breaker::Breaker as JSON
    ) STRICT, WITHOUT ROWID;
",
    "
    CREATE TABLE cache_stale (              -- tags that were invalidated while calls may be under way
        tag TEXT NOT NULL,
        site TEXT NOT NULL,                 -- empty for all
        at_us INTEGER NOT NULL,
        PRIMARY KEY (tag, site)
    ) STRICT, WITHOUT ROWID;
",
    "
    CREATE TABLE budget (
        key TEXT NOT NULL PRIMARY KEY,      -- store::Budget::key
        start_us INTEGER NOT NULL,          -- the period that is counted
        ends_us INTEGER NOT NULL,
        used INTEGER NOT NULL,              -- tokens or millionths of a dollar
        told INTEGER NOT NULL               -- the highest threshold that was told of, in percent
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE reservation (              -- what is promised to calls under way
        key TEXT NOT NULL,                  -- budget.key
        uid BLOB NOT NULL,                  -- spool.uid
        amount INTEGER NOT NULL,
        lapses_us INTEGER NOT NULL,
        PRIMARY KEY (key, uid)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE budget_alert (             -- thresholds that were reached
        id INTEGER PRIMARY KEY,
        site TEXT NOT NULL,
        alert TEXT NOT NULL                 -- store::Alert as JSON
    ) STRICT;
    CREATE TABLE flight (                   -- answers that are being asked for
        hash BLOB NOT NULL PRIMARY KEY,
        leader TEXT NOT NULL,               -- the uid of the call that asks
        process TEXT NOT NULL,              -- where it runs, see sqlite::process
        lease_us INTEGER NOT NULL,          -- until when it is believed to live, or its note is kept
        note BLOB                           -- for those who wait, once it has landed
    ) STRICT, WITHOUT ROWID;
",
    "
    CREATE TABLE inbox (                    -- events from outside
        id INTEGER PRIMARY KEY,             -- in the order of arrival
        site TEXT NOT NULL,
        source TEXT NOT NULL,
        event TEXT NOT NULL,                -- its own id
        kind TEXT,
        sent_s INTEGER,
        received_us INTEGER NOT NULL,
        body BLOB NOT NULL,
        state INTEGER NOT NULL,             -- store::State
        attempts INTEGER NOT NULL,          -- with it a lease is known
        due_us INTEGER NOT NULL,            -- when it is due, when its lease ends, or when it was done with
        error TEXT,
        UNIQUE (site, source, event)
    ) STRICT;
    CREATE INDEX inbox_due ON inbox (state, due_us);
    CREATE TABLE nonce (                    -- what may be used once
        key TEXT NOT NULL PRIMARY KEY,
        until_us INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
",
    "
    CREATE TABLE job (                      -- work that outlives a request
        id INTEGER PRIMARY KEY AUTOINCREMENT,   -- in the order of arrival, and never used again
        uid TEXT NOT NULL UNIQUE,           -- its public id
        site TEXT NOT NULL,
        user_id INTEGER NOT NULL,
        client TEXT NOT NULL,
        source TEXT NOT NULL,
        kind TEXT NOT NULL,
        state INTEGER NOT NULL,             -- store::JobState
        ready INTEGER NOT NULL,             -- 1: a worker may have it, and it has its place in the site's lane
        priority INTEGER NOT NULL,
        total INTEGER NOT NULL,             -- of its items, and how many of them have ended
        done INTEGER NOT NULL,
        failed INTEGER NOT NULL,
        attempts INTEGER NOT NULL,          -- how often a worker had it
        fence INTEGER NOT NULL,             -- with it a lease is known
        deaths INTEGER NOT NULL,            -- of workers in a row, without any item having ended
        error TEXT,
        created_us INTEGER NOT NULL,
        started_us INTEGER,
        ended_us INTEGER,
        due_us INTEGER NOT NULL,            -- when it is due, when its lease ends, or until when it is kept
        accepted_us INTEGER,
        key TEXT,                           -- by which a second enqueue is known
        key_hash BLOB,
        about BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX job_key ON job (site, user_id, client, key) WHERE key IS NOT NULL;
    CREATE INDEX job_ready ON job (site, priority DESC, id) WHERE ready = 1;
    CREATE INDEX job_due ON job (state, ready, due_us);
    CREATE INDEX job_site ON job (site, id);
    CREATE TABLE job_lane (                 -- sites with jobs that are ready, and maybe some without
        site TEXT NOT NULL PRIMARY KEY,
        turn INTEGER NOT NULL UNIQUE        -- the lowest is next
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE job_item (
        id INTEGER PRIMARY KEY,             -- (job.id << 20) + its place
        state INTEGER NOT NULL,             -- store::ItemState
        attempts INTEGER NOT NULL,          -- in vain
        error TEXT,
        provider TEXT,                      -- of the answer
        answered_us INTEGER,
        request BLOB NOT NULL,              -- empty once it is done
        result BLOB NOT NULL,               -- empty until it is done
        answer BLOB                         -- settled, and not yet made the result
    ) STRICT;
    CREATE INDEX job_item_asked ON job_item (id) WHERE state = 1;
    CREATE TABLE job_gone (                 -- jobs that were dropped, while items of them are left
        id INTEGER PRIMARY KEY              -- job.id
    ) STRICT;
    CREATE TABLE job_count (                -- there may be too many to count them
        state INTEGER PRIMARY KEY,
        jobs INTEGER NOT NULL
    ) STRICT;
    INSERT INTO job_count (state, jobs) VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0);
    CREATE TRIGGER job_comes AFTER INSERT ON job BEGIN
        UPDATE job_count SET jobs = jobs + 1 WHERE state = NEW.state;
    END;
    CREATE TRIGGER job_turns AFTER UPDATE OF state ON job WHEN OLD.state != NEW.state BEGIN
        UPDATE job_count SET jobs = jobs - 1 WHERE state = OLD.state;
        UPDATE job_count SET jobs = jobs + 1 WHERE state = NEW.state;
    END;
    CREATE TRIGGER job_goes AFTER DELETE ON job BEGIN
        UPDATE job_count SET jobs = jobs - 1 WHERE state = OLD.state;
    END;
",
    "
    ALTER TABLE job ADD COLUMN token TEXT;      -- what a provider calls its work; empty once it has told of its end
    CREATE INDEX job_token ON job (site, token) WHERE token IS NOT NULL;
    ALTER TABLE job_item ADD COLUMN call BLOB;  -- what the gateway keeps of a call that a provider works on
    CREATE INDEX job_item_waiting ON job_item (id) WHERE state = 4;
",
    "
    CREATE TABLE metric (                   -- what calls came to
        span INTEGER NOT NULL,              -- sqlite::counter::Span
        at INTEGER NOT NULL,                -- the span's first minute since the epoch
        site TEXT NOT NULL,
        model TEXT NOT NULL,
        provider TEXT NOT NULL,
        route TEXT NOT NULL,
        source TEXT NOT NULL,
        outcome TEXT NOT NULL,              -- audit::Record::outcome
        calls INTEGER NOT NULL,
        client_errors INTEGER NOT NULL,
        server_errors INTEGER NOT NULL,
        tokens_in INTEGER NOT NULL,
        tokens_out INTEGER NOT NULL,
        cost_microusd INTEGER NOT NULL,
        retries INTEGER NOT NULL,
        latency BLOB NOT NULL,              -- audit::Latency
        PRIMARY KEY (span, at, site, model, provider, route, source, outcome)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO metric SELECT 0, minute, site, model, provider, route, '', outcome, calls, 0, 0, tokens_in, tokens_out,
        cost_microusd, 0, x'' FROM counter;
    INSERT INTO metric SELECT 3, 0, site, model, provider, route, '', outcome, sum(calls), 0, 0, sum(tokens_in),
        sum(tokens_out), sum(cost_microusd), 0, x'' FROM counter GROUP BY site, model, provider, route, outcome;
    DROP TABLE counter;
",
    "
    DROP TRIGGER job_comes;
    DROP TRIGGER job_turns;
    DROP TRIGGER job_goes;
    DROP TABLE job_count;
    CREATE TABLE job_count (                -- there may be too many to count them
        site TEXT NOT NULL,
        kind TEXT NOT NULL,
        state INTEGER NOT NULL,
        jobs INTEGER NOT NULL,
        PRIMARY KEY (site, kind, state)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO job_count SELECT site, kind, state, count(*) FROM job GROUP BY site, kind, state;
    CREATE TRIGGER job_comes AFTER INSERT ON job BEGIN
        INSERT INTO job_count VALUES (NEW.site, NEW.kind, NEW.state, 1) ON CONFLICT DO UPDATE SET jobs = jobs + 1;
    END;
    CREATE TRIGGER job_turns AFTER UPDATE OF state ON job WHEN OLD.state != NEW.state BEGIN
        UPDATE job_count SET jobs = jobs - 1 WHERE site = OLD.site AND kind = OLD.kind AND state = OLD.state;
        INSERT INTO job_count VALUES (NEW.site, NEW.kind, NEW.state, 1) ON CONFLICT DO UPDATE SET jobs = jobs + 1;
    END;
    CREATE TRIGGER job_goes AFTER DELETE ON job BEGIN
        UPDATE job_count SET jobs = jobs - 1 WHERE site = OLD.site AND kind = OLD.kind AND state = OLD.state;
    END;
    CREATE INDEX inbox_state ON inbox (site, state, source);
",
    "
    ALTER TABLE metric ADD COLUMN failovers INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE metric ADD COLUMN breaker_opened INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE metric ADD COLUMN breaker_closed INTEGER NOT NULL DEFAULT 0;
    UPDATE metric SET latency = x'';        -- from here on our own share is in microseconds
",
];
