"""The page list; ``streamlit run app.py`` imports it once and runs it for every visitor."""

import streamlit as st


def explore() -> None:
    """Where /explore leads: Explore is the first page, and its address is the bare one."""
    st.switch_page("pages/explore.py", query_params=st.query_params.to_dict())


if __name__ == "__main__":
    st.navigation(
        {
            "": [
                st.Page("pages/home.py", title="Home", icon=":material/home:"),
                st.Page(
                    "pages/explore.py",
                    title="Explore",
                    icon=":material/lan:",
                    url_path="first",
                    default=True,
                ),
                st.Page("pages/compare.py", title="Compare", icon=":material/compare_arrows:"),
                st.Page("pages/timeline.py", title="Timeline", icon=":material/timeline:"),
                st.Page("pages/convolution_lab.py", title="Lab", icon=":material/calculate:"),
                st.Page(explore, visibility="hidden"),
            ],
            "Look inside": [
                st.Page("pages/feature_maps.py", title="Feature maps", icon=":material/grid_view:"),
                st.Page(
                    "pages/grad_cam.py", title="Grad-CAM", icon=":material/center_focus_strong:"
                ),
                st.Page("pages/neighbours.py", title="Neighbours", icon=":material/group_work:"),
                st.Page("pages/feature_reuse.py", title="Feature reuse", icon=":material/hub:"),
                st.Page(
                    "pages/gradient_flow.py", title="Gradient flow", icon=":material/trending_down:"
                ),
            ],
            "Training": [
                st.Page("pages/train.py", title="Train", icon=":material/model_training:"),
                st.Page("pages/experiments.py", title="Experiments", icon=":material/science:"),
                st.Page("pages/evaluate.py", title="Evaluate", icon=":material/fact_check:"),
            ],
        },
        position="top",
    ).run()
else:
    from starlette.middleware import Middleware

    from cnnviz.ui.server.serving import check_settings, lifespan
    from cnnviz.ui.server.visitor import VisitorCookie

    check_settings()
    app = st.App(__file__, lifespan=lifespan, middleware=[Middleware(VisitorCookie)])
