# syntax=docker/dockerfile:1
# One image for every process: `orderloom worker`, `orderloom door`, `orderloom migrate`.

FROM python:3.13-slim AS build
WORKDIR /src
# Everything in the lock is fetched and checked against its hashes here; the next step can use nothing else.
COPY requirements.lock .
RUN pip download --no-cache-dir --disable-pip-version-check --require-hashes \
        --requirement requirements.lock --dest /wheels
COPY pyproject.toml LICENSE README.md ./
COPY models models
COPY activities activities
COPY workflows workflows
COPY workers workers
COPY starter starter
RUN python -m venv /opt/orderloom \
    && /opt/orderloom/bin/pip install --no-cache-dir --disable-pip-version-check \
        --no-index --find-links /wheels .

FROM python:3.13-slim
RUN groupadd --system --gid 10001 orderloom \
    && useradd --system --uid 10001 --gid orderloom --no-create-home --shell /usr/sbin/nologin orderloom \
    && install --directory --owner orderloom --group orderloom /var/lib/orderloom
COPY --from=build /opt/orderloom /opt/orderloom
ENV PATH=/opt/orderloom/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ORDERLOOM_HOME=/var/lib/orderloom
USER 10001:10001
WORKDIR /var/lib/orderloom
EXPOSE 8000
ENTRYPOINT ["orderloom"]
CMD ["worker"]
