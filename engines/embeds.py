"""How a pipeline is told what to draw: by words, or by the embedding that stands in their place."""

from __future__ import annotations

from typing import Any

from minidalle3.engines.contract import EngineError, Job


def asked(pipe: Any, job: Job) -> dict[str, Any]:
    """What the pipeline is called with; an embedding holds for every row of the job.

    Raises `EngineError` for an embedding of another shape than the pipeline's own text towers give.
    """
    if job.embedding is None:
        return {"prompt": list(job.prompts)}
    embeds, pooled = job.embedding.prompt_embeds, job.embedding.pooled
    wanted = (pipe.tokenizer.model_max_length, pipe.unet.config.cross_attention_dim)
    if tuple(embeds.shape) != wanted:
        raise EngineError(f"{told(wanted)} The embedding is {'x'.join(map(str, embeds.shape))}.")
    more = {}
    if second := getattr(pipe, "text_encoder_2", None):
        if pooled is None or pooled.shape != (second.config.projection_dim,):
            raise EngineError(f"{told(wanted)} It also takes `pooled_prompt_embeds` of {second.config.projection_dim}.")
        more["pooled_prompt_embeds"] = rows(pipe, pooled, job)
    return {"prompt": None, "prompt_embeds": rows(pipe, embeds, job), **more}


def rows(pipe: Any, tensor: Any, job: Job) -> Any:
    """The tensor once for every row, (rows, ...), where and as the UNet wants it."""
    one = tensor.to(pipe._execution_device, pipe.unet.dtype)
    return one.expand(len(job.prompts), *one.shape)


def told(wanted: tuple[int, ...]) -> str:
    return f"This model takes embeddings of {'x'.join(map(str, wanted))} (tokens, width)."
