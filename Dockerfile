# The server and the page in one image; which of them runs is the command (see compose.yaml).
FROM python:3.11-slim

RUN apt-get update && apt-get install --yes --no-install-recommends make && rm -rf /var/lib/apt/lists/*

WORKDIR /house
COPY . .

# An index of PyTorch's CPU wheels makes the image some GB smaller: docker build --build-arg TORCH_INDEX=...
ARG TORCH_INDEX=
RUN make setup EXTRAS=postgres,s3,ray,serve TORCH_INDEX=$TORCH_INDEX

RUN useradd --create-home --uid 1000 house && mkdir /data && chown house /data
USER house
ENV MINIDALLE3_HOME=/data
VOLUME /data
EXPOSE 8000 8501

CMD ["make", "serve", "ARGS=--host 0.0.0.0 --port 8000"]
