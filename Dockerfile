# Builds the worker in one stage and keeps only what it needs to run in the other.
FROM swift:6.2-bookworm AS build
RUN apt-get update \
  && apt-get install -y --no-install-recommends libmongoc-dev librabbitmq-dev libsqlite3-dev libssl-dev pkg-config \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
COPY Benchmarks Benchmarks
RUN swift build -c release --product chat3-update-worker --static-swift-stdlib \
  && strip -s -o /usr/local/bin/chat3-update-worker \
    "$(swift build -c release --static-swift-stdlib --show-bin-path)/chat3-update-worker"

FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates libmongoc-1.0-0 librabbitmq4 libsqlite3-0 libssl3 \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --system --uid 10001 --no-create-home worker
COPY --from=build /usr/local/bin/chat3-update-worker /usr/local/bin/chat3-update-worker
USER worker
# A report of a crash would show pieces of memory, credentials among them.
ENV SWIFT_BACKTRACE=enable=no
STOPSIGNAL SIGTERM
ENTRYPOINT ["chat3-update-worker"]
CMD ["run"]
